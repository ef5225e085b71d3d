"""Lists of papers: by tag, by year, related ones; what a list says of each of them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from seqgan.board.session import Row, Session

PAGE = 20
NEIGHBOURS = 150  # newest papers of each shared tag that are looked at for related ones
RELATED = 8
COMMON = frozenset(
    "learning neural network networks deep model models using based data via with from towards through analysis method "
    "methods approach system systems large language image detection generation training multi self adaptive efficient "
    "improving robust fast novel study under for the and".split()
)

CODE = "(SELECT count(*) FROM repository WHERE repository.paper_id = paper.id)"
RESULTS = "(SELECT count(*) FROM entry WHERE entry.paper_id = paper.id AND entry.state = 'published')"
"""How much a paper has: counted when asked, so that an import need not touch every paper twice."""

_LISTED = (
    "paper.id, paper.slug, paper.title, paper.authors, paper.published AS date, paper.arxiv_id, paper.url_abs, "
    "paper.url_pdf, paper.venue, paper.summary, "
    f"{CODE} AS code_count, {RESULTS} AS result_count, "
    "substr(paper.abstract, 1, 320) AS start"
)


def listed(session: Session, numbers: Sequence[int]) -> list[Row]:
    """Return what lists say of some papers, in the order of ``numbers``."""
    rows = {row["id"]: row for row in session.lookup(f"SELECT {_LISTED} FROM paper WHERE id IN :keys", set(numbers))}
    found = [rows[number] for number in dict.fromkeys(numbers) if number in rows]
    tags = _tags(session, [row["id"] for row in found])
    for row in found:
        row["tasks"] = tags.get(row.pop("id"), [])
        row["authors"] = json.loads(row["authors"])
    return found


def _tags(session: Session, numbers: Sequence[int]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in session.lookup(
        "SELECT paper_task.paper_id, task.slug, task.name FROM paper_task JOIN task ON task.id = paper_task.task_id "
        "WHERE paper_task.paper_id IN :keys ORDER BY task.name",
        set(numbers),
    ):
        found.setdefault(row.pop("paper_id"), []).append(row)
    return found


def of_tag(session: Session, tag: str, number: int, page: int) -> Row:
    """Return one page of the papers of a task or a method (``tag``), newest first, with their total."""
    place = {"number": number, "size": PAGE, "start": (page - 1) * PAGE}
    numbers = session.column(
        f"SELECT paper_id FROM paper_{tag} WHERE {tag}_id = :number "
        "ORDER BY day DESC, paper_id DESC LIMIT :size OFFSET :start",
        **place,
    )
    total = session.value(f"SELECT count(*) FROM paper_{tag} WHERE {tag}_id = :number", number=number)
    return {"rows": listed(session, numbers), "total": total, "page": page, "size": PAGE}


def per_year(session: Session, tag: str, number: int) -> list[Row]:
    """Return how many papers of each year have a tag; papers without a date are left out."""
    return session.rows(
        f"SELECT day / 10000 AS year, count(*) AS papers FROM paper_{tag} WHERE {tag}_id = :number AND day > 0 "
        "GROUP BY day / 10000 ORDER BY day / 10000",
        number=number,
    )


def related(session: Session, paper: int, title: str, tasks: Iterable[int], methods: Iterable[int]) -> list[Row]:
    """Return papers that share tasks and methods with a paper, or rare words of its title, the closest first."""
    votes: Counter[int] = Counter()
    for tag, numbers in (("task", tasks), ("method", methods)):
        for number in list(numbers)[:12]:
            votes.update(
                session.column(
                    f"SELECT paper_id FROM paper_{tag} WHERE {tag}_id = :number "
                    "ORDER BY day DESC, paper_id DESC LIMIT :most",
                    number=number,
                    most=NEIGHBOURS,
                )
            )
    votes.update(_on_the_same_boards(session, paper))
    for place, number in enumerate(_by_title(session, title)):
        votes[number] += 2 - place // 12
    del votes[paper]
    closest = sorted(votes, key=lambda number: (-votes[number], -number))
    return listed(session, closest[:RELATED])


def _on_the_same_boards(session: Session, paper: int) -> dict[int, int]:
    """Return the papers that have results where a paper has some, with the number of those leaderboards."""
    return session.pairs(
        "SELECT other.paper_id, 3 * count(DISTINCT other.board_id) FROM entry AS own JOIN entry AS other "
        "ON other.board_id = own.board_id AND other.paper_id != own.paper_id AND other.state = 'published' "
        "WHERE own.paper_id = :paper GROUP BY other.paper_id",
        paper=paper,
    )


def _by_title(session: Session, title: str) -> list[int]:
    words = [word for word in re.findall(r"\w{4,}", title.lower()) if word not in COMMON]
    rare = sorted(dict.fromkeys(words), key=len, reverse=True)[:3]
    if not rare or session.dialect != "sqlite":
        return []
    text = "title : (" + " OR ".join(f'"{word}"' for word in rare) + ")"
    return session.column(
        "SELECT rowid FROM paper_text WHERE paper_text MATCH :text ORDER BY rowid DESC LIMIT 24", text=text
    )


def bibtex(paper: Row) -> str:
    """Return a paper as a BibTeX entry."""
    authors = paper["authors"]
    year = (paper["date"] or "")[:4]
    last = re.sub(r"\W", "", authors[0].split()[-1].lower()) if authors and authors[0].split() else "anonymous"
    first = next((word.lower() for word in re.findall(r"\w+", paper["title"]) if len(word) > 3), "paper")
    fields = {
        "title": f"{{{paper['title']}}}",
        "author": " and ".join(authors),
        "year": year,
        "booktitle": paper["venue"] or "",
        "eprint": paper["arxiv_id"] or "",
        "archivePrefix": "arXiv" if paper["arxiv_id"] else "",
        "url": paper["url_abs"] or "",
    }
    lines = [f"  {name} = {{{_braced(text)}}}" for name, text in fields.items() if text]
    kind = "inproceedings" if paper["venue"] else "article"
    return f"@{kind}{{{last}{year}{first},\n" + ",\n".join(lines) + "\n}\n"


def _braced(text: str) -> str:
    """Return a text whose braces are balanced, so that it cannot end its field."""
    inner = text.removeprefix("{").removesuffix("}") if text.startswith("{") else text
    safe = re.sub(r"[{}\\\n\r]", " ", inner)
    return f"{{{safe}}}" if text.startswith("{") else safe
