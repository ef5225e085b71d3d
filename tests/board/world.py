"""A small invented archive in the form of the real one, hostile text included, and boards that hold it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from seqgan.board.archive.run import Total, import_archive
from seqgan.board.store import Store, open_store
from seqgan.progress import Progress

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&"
BAD_LINK = "javascript:alert(3)"


def row(model: str, paper: int = 0, date: str | None = "2019-05-01", **metrics: str) -> dict[str, Any]:
    """Return a row of a leaderboard; ``paper`` 0 is none."""
    return {
        "model_name": model,
        "paper_title": f"A paper numbered {paper}" if paper else "",
        "paper_url": f"http://arxiv.org/abs/1901.{paper:05d}v2" if paper else "",
        "paper_date": date,
        "code_links": [{"title": "x", "url": f"https://github.com/a/paper{paper}"}] if paper else [],
        "model_links": [],
        "metrics": {name.replace("_", "-"): value for name, value in metrics.items()},
    }


def dataset(name: str, metrics: Sequence[str], *rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "dataset": name,
        "description": "",
        "dataset_links": [],
        "dataset_citations": [],
        "subdatasets": [],
        "sota": {"metrics": list(metrics), "rows": list(rows)},
        **more,
    }


def task(
    name: str, *datasets: dict[str, Any], areas: Sequence[str] = (), subtasks: Sequence[Any] = ()
) -> dict[str, Any]:
    return {
        "task": name,
        "description": f"About **{name}**, see [here]({BAD_LINK}) {HOSTILE}",
        "categories": list(areas),
        "synonyms": [],
        "source_link": None,
        "subtasks": list(subtasks),
        "datasets": list(datasets),
    }


def tables() -> list[dict[str, Any]]:
    """Return the tasks: one of them stands at its own place and again under its parent."""
    dna = task(
        "DNA Writing",
        dataset(
            "Fruit Fly",
            ["BLEU-2", "Loss"],
            row("Alpha", 1, "2018-01-01", BLEU_2="0.95", Loss="1.2"),
            row("Beta", 2, "2017-01-01", BLEU_2="90%", Loss="1.0"),
            row("Gamma", 3, "2019-01-01", BLEU_2="0.90", Loss="-"),
            row("Delta", 4, None, BLEU_2="O.88"),
        ),
    )
    dna["datasets"][0]["sota"]["rows"][1]["metrics"]["BLEU-2"] = "0.90"
    loss = [row(f"M{n}", n, f"2020-0{n}-01", Perplexity=f"{10 + n}") for n in range(1, 6)]
    boards = [dataset(f"Text {n}", ["Perplexity"], *loss) for n in range(6)]
    reversed_board = dataset("Upside Down", ["Perplexity"], *reversed(loss))
    inner = dataset("Inner", ["Accuracy"], row(HOSTILE, 6, Accuracy="=1+1"))
    outer = dataset(
        HOSTILE, ["Accuracy"], row("One", 7, Accuracy="96.95%"), subdatasets=[{**inner, "subdataset": "Inner"}]
    )
    del outer["subdatasets"][0]["dataset"]
    writing = task("Writing", outer, *boards, reversed_board, areas=["Language"], subtasks=[dna])
    return [writing, dna, task("dna writing", dataset("Fruit Fly", []))]


def papers() -> list[dict[str, Any]]:
    """Return papers: the first is the one that the leaderboards know by its arXiv number."""
    return [
        {
            "paper_url": f"https://paperswithcode.com/paper/paper-{n}",
            "arxiv_id": f"1901.{n:05d}" if n < 9 else None,
            "title": f"A paper numbered {n}" if n != 5 else f"Evil {HOSTILE}",
            "abstract": f"We write genomes in style {n}. {HOSTILE}",
            "url_abs": f"http://arxiv.org/abs/1901.{n:05d}v1" if n != 8 else BAD_LINK,
            "url_pdf": f"http://arxiv.org/pdf/1901.{n:05d}v1.pdf",
            "proceeding": "None",
            "authors": ["Ada Lovelace", f"Number {n}"],
            "tasks": ["Writing", "DNA Writing"][: 1 + n % 2],
            "date": f"2019-01-{n:02d}" if n != 7 else "2222-12-22",
            "methods": [{"name": "Gate", "full_name": "A gate", "description": "*Opens*", "introduced_year": 2000}],
        }
        for n in range(1, 13)
    ]


def links() -> list[dict[str, Any]]:
    base = {"mentioned_in_paper": True, "mentioned_in_github": False, "framework": "pytorch"}
    known = {"paper_url": "https://paperswithcode.com/paper/paper-1", "paper_title": "A paper numbered 1"}
    return [
        {**base, **known, "repo_url": "https://github.com/a/paper1", "is_official": True},
        {**base, **known, "repo_url": "https://github.com/b/other", "is_official": False},
        {**base, **known, "repo_url": BAD_LINK, "is_official": False},
        {
            **base,
            "paper_url": "https://paperswithcode.com/paper/nobody-knows",
            "paper_title": "Nobody knows this paper",
            "repo_url": "https://github.com/c/unknown",
            "is_official": True,
        },
    ]


def methods() -> list[dict[str, Any]]:
    """Return two methods: an honest one and an advertisement."""
    collection = [{"collection": "Gates", "area_id": "general", "area": "General"}]
    honest = {
        "name": "Gate",
        "full_name": "A gate",
        "description": f"*Opens* {HOSTILE}",
        "introduced_year": 2011,
        "num_papers": 40,
        "source_url": "https://arxiv.org/abs/1901.00001",
        "source_title": "x",
        "collections": collection,
        "paper": {"title": "A paper numbered 1", "url": "https://paperswithcode.com/paper/paper-1"},
    }
    spam = {"name": "How do I call Airline +1-800-555-0199?", "introduced_year": 2000, "num_papers": 0}
    return [honest, {**spam, "description": "", "source_url": None, "collections": collection, "paper": None}]


def datasets() -> list[dict[str, Any]]:
    """Return one dataset whose every address is bad."""
    return [
        {
            "name": "Fruit Fly",
            "full_name": "The fly",
            "homepage": BAD_LINK,
            "description": f"# Flies\n{HOSTILE}",
            "introduced_date": "2000-02-30",
            "modalities": ["Texts"],
            "languages": ["English"],
            "variants": ["Fly 2"],
            "tasks": [{"task": "DNA Writing", "url": "x"}],
            "num_papers": 3,
            "license_name": "CC0",
            "license_url": BAD_LINK,
            "paper": None,
            "data_loaders": [{"url": BAD_LINK, "repo": HOSTILE, "frameworks": []}],
        }
    ]


FILES: Mapping[str, Any] = {
    "evaluation-tables": tables,
    "papers": papers,
    "links": links,
    "methods": methods,
    "datasets": datasets,
}


def write(path: Path, records: Any) -> Path:
    """Write records as a gzipped JSON array and return the path."""
    with gzip.open(path, "wt", encoding="utf-8") as file:
        json.dump(records, file)
    return path


def files(folder: Path, *kinds: str) -> dict[str, Path]:
    """Write some of the archive's files (default: all) and return kind -> path."""
    return {kind: write(folder / f"{kind}.json.gz", FILES[kind]()) for kind in kinds or FILES}


def fill(store: Store, folder: Path, *kinds: str) -> Total:
    """Import some of the archive's files (default: all)."""
    return import_archive(store, files(folder, *kinds), Progress(quiet=True))


def archive_board(folder: Path) -> Store:
    """Return a board that holds the invented archive."""
    store = open_store(folder / "board.sqlite")
    fill(store, folder)
    return store
