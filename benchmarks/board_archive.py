"""A synthetic archive of the size of the last real one, for benchmarks/board.py: made-up words, real proportions.

Papers have abstracts of about 1,100 letters whose words follow Zipf's law, 8 authors, 4 tasks and 2 methods each; half
have code. The files have the form of the archive's own, so the importer cannot tell them from real ones.
"""

from __future__ import annotations

import gzip
import itertools
import json
import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

PAPERS, LINKS, METHODS, DATASETS, TASKS, BOARDS = 576_000, 300_000, 8_725, 15_008, 4_500, 11_000
KNOWN = (
    "learning neural network deep model image language data training detection generation graph attention transformer "
    "adversarial reinforcement policy sequence video speech translation segmentation classification bayesian robust"
).split()
WORDS_IN_ABSTRACT, WORDS_IN_TITLE = 160, 9


class Archive:
    """Writes the five files at a share of the full size, the same for the same seed."""

    def __init__(self, folder: Path, share: float = 1.0, seed: int = 20) -> None:
        """Prepare vocabulary, names and tasks."""
        self.folder, self.share = folder, share
        self.random = random.Random(seed)
        letters = [a + b for a in "bcdfglmnprstv" for b in "aeiou"]
        invented = ("".join(self.random.choices(letters, k=self.random.randint(2, 4))) for _ in itertools.count())
        self.words = [*KNOWN, *itertools.islice(invented, 30_000)]
        self.weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(self.words))))
        self.tasks = [f"{self.title(3)} {n}" for n in range(self.count(TASKS))]
        self.methods = [f"{self.title(2)} {n}" for n in range(self.count(METHODS))]

    def count(self, full: int) -> int:
        """Return a number of records at this share."""
        return max(1, round(full * self.share))

    def text(self, words: int) -> str:
        """Return some words by Zipf's law."""
        return " ".join(self.random.choices(self.words, cum_weights=self.weights, k=words))

    def title(self, words: int = WORDS_IN_TITLE) -> str:
        """Return a title."""
        return self.text(words).title()

    def write(self) -> dict[str, Path]:
        """Write all files that are missing and return kind -> path."""
        made = {
            "papers": self.papers,
            "links": self.links,
            "methods": self.method_records,
            "datasets": self.datasets,
            "evaluation-tables": self.tables,
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        paths = {kind: self.folder / f"{kind}-{self.share:g}.json.gz" for kind in made}
        for kind, records in made.items():
            if not paths[kind].is_file():
                _write(paths[kind], records())
        return paths

    def papers(self) -> Iterator[dict[str, Any]]:
        """Yield the papers, the oldest first."""
        total = self.count(PAPERS)
        for n in range(total):
            day = 2_000 + 25 * n // total, 1 + n % 12, 1 + n % 28
            yield {
                "paper_url": f"https://paperswithcode.com/paper/paper-{n}",
                "arxiv_id": _arxiv(n),
                "title": f"{self.title()} {n}",
                "abstract": self.text(WORDS_IN_ABSTRACT),
                "url_abs": f"https://arxiv.org/abs/{_arxiv(n)}v1",
                "url_pdf": f"https://arxiv.org/pdf/{_arxiv(n)}v1.pdf",
                "proceeding": "Conference 12" if n % 3 == 0 else None,
                "authors": [f"{self.title(1)} {self.title(1)}" for _ in range(self.random.randint(2, 14))],
                "tasks": self._some(self.tasks, 4),
                "date": f"{day[0]}-{day[1]:02d}-{day[2]:02d}",
                "methods": [
                    {"name": name, "full_name": name, "description": ""} for name in self._some(self.methods, 2)
                ],
            }

    def _some(self, names: list[str], mean: int) -> list[str]:
        places = (int(len(names) * self.random.random() ** 3) for _ in range(self.random.randint(0, 2 * mean)))
        return list(dict.fromkeys(names[place] for place in places))

    def links(self) -> Iterator[dict[str, Any]]:
        """Yield links between papers and code."""
        total = self.count(PAPERS)
        for n in range(self.count(LINKS)):
            paper = self.random.randrange(total)
            yield {
                "paper_url": f"https://paperswithcode.com/paper/paper-{paper}",
                "paper_arxiv_id": _arxiv(paper),
                "paper_url_abs": f"https://arxiv.org/abs/{_arxiv(paper)}v1",
                "repo_url": f"https://github.com/someone{n}/code",
                "is_official": n % 3 == 0,
                "mentioned_in_paper": n % 3 == 0,
                "mentioned_in_github": n % 2 == 0,
                "framework": ("pytorch", "tf", "none")[n % 3],
            }

    def method_records(self) -> Iterator[dict[str, Any]]:
        """Yield methods; three of four are advertisements, as in the late archive."""
        for n, name in enumerate(self.methods):
            spam = n % 4 != 0
            yield {
                "url": f"https://paperswithcode.com/method/method-{n}",
                "name": f"{name} call +1-800-555-{n:04d}?" if spam else name,
                "description": self.text(60),
                "introduced_year": 2000,
                "source_url": None if spam else "https://arxiv.org/abs/1706.03762",
                "num_papers": 0 if spam else n,
                "collections": [{"collection": f"Collection {n % 300}", "area_id": "g", "area": f"Area {n % 7}"}],
            }

    def datasets(self) -> Iterator[dict[str, Any]]:
        """Yield datasets."""
        for n in range(self.count(DATASETS)):
            yield {
                "name": f"{self.title(1)} {n}",
                "full_name": self.title(4),
                "homepage": "https://example.org/data",
                "description": self.text(80),
                "modalities": self._some(["Images", "Texts", "Audio", "Graphs", "Videos"], 1),
                "languages": self._some(["English", "Chinese", "German"], 1),
                "tasks": [{"task": task} for task in self._some(self.tasks, 2)],
                "variants": [f"variant {n}"],
                "num_papers": n % 100,
            }

    def tables(self) -> Iterator[dict[str, Any]]:
        """Yield tasks with leaderboards: most tiny, one of two hundred with hundreds of rows."""
        total = self.count(PAPERS)
        boards = iter(range(self.count(BOARDS)))
        for task in self.tasks:
            own = list(itertools.islice(boards, self.random.randint(1, 5)))
            yield {
                "task": task,
                "description": self.text(40),
                "categories": [f"Area {len(task) % 16}"],
                "synonyms": [],
                "subtasks": [],
                "datasets": [
                    {
                        "dataset": f"Dataset {n}",
                        "description": "",
                        "dataset_links": [],
                        "subdatasets": [],
                        "sota": self._sota(n, total),
                    }
                    for n in own
                ],
            }

    def _sota(self, n: int, papers: int) -> dict[str, Any]:
        count = 400 if n % 200 == 0 else self.random.randint(1, 11)
        metrics = ["Accuracy", "F1", "BLEU"][: self.random.randint(1, 3)]
        rows = []
        for place in range(count):
            paper = self.random.randrange(papers)
            rows.append(
                {
                    "model_name": f"{self.title(2)} {place}",
                    "paper_title": f"Paper {paper}",
                    "paper_url": f"https://arxiv.org/abs/{_arxiv(paper)}v2",
                    "paper_date": f"{2012 + place % 12}-0{1 + place % 9}-11",
                    "code_links": [],
                    "metrics": {name: f"{99 - place * 0.1:.2f}" for name in metrics},
                    "uses_additional_data": place % 5 == 0,
                }
            )
        return {"metrics": metrics, "rows": rows}


def _arxiv(n: int) -> str:
    return f"{10 + n // 100_000:02d}{1 + n % 12:02d}.{n % 100_000:05d}"


def _write(path: Path, records: Iterable[dict[str, Any]]) -> None:
    """Write records as one gzipped JSON array, whole or not at all."""
    unfinished = path.with_suffix(".unfinished")
    with gzip.open(unfinished, "wt", encoding="utf-8", compresslevel=1) as file:
        for place, record in enumerate(records):
            file.write("[" if place == 0 else ",\n")
            file.write(json.dumps(record))
        file.write("]")
    unfinished.rename(path)
