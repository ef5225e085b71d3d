"""Writing the page of results and its figures."""

from __future__ import annotations

from pathlib import Path

from seqgan.bench import figures, tables
from seqgan.bench.page import page
from seqgan.bench.tables import Sources
from seqgan.results.record import read_all
from seqgan.runs.files import replace


def sources_of(results: Path) -> Sources:
    """Return all that lies under ``results``: records, published figures, estimated costs."""
    return Sources(read_all(results), tables.published(results), tables.estimates(results))


def write(results: Path, out: Path) -> list[Path]:
    """Write the page to ``out`` and its figures to ``figures/`` beside it; return what was written.

    Raises DataError for a damaged record and ConfigError for a faulty list of tables.
    """
    sources, listed = sources_of(results), tables.tables(results)
    folder = out.parent / "figures"
    out.parent.mkdir(parents=True, exist_ok=True)
    drawn = figures.write(listed, sources, folder)
    replace(out, page(listed, sources, {name: f"figures/{file}" for name, file in drawn.items()}).encode())
    return [out, *(folder / file for file in drawn.values())]
