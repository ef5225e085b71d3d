"""Imports datasets with their facets, variants, loaders and licences."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from seqgan.board.archive.names import Names
from seqgan.board.archive.paper_index import PaperIndex, Reference
from seqgan.board.archive.stream import Record, date_of, objects_of, text_of, texts_of
from seqgan.board.session import Session

FACETS = {"modality": "modalities", "language": "languages", "variant": "variants"}


class Datasets:
    """Takes the records of the file one batch after another."""

    def __init__(self, session: Session, source: str) -> None:
        """Write into the session; ``source`` is the datasets' origin."""
        self.session = session
        self.names = Names(session, "dataset", source=source)
        self.index = PaperIndex(session, source)

    def take(self, batch: Sequence[Record]) -> None:
        """Add or update the datasets of a batch."""
        batch = [record for record in batch if text_of(record, "name")]
        numbers = [self.names.id(text_of(record, "name")) for record in batch]
        self.names.flush()
        papers = self.index.settle([_paper(record) for record in batch])
        self.session.many(
            "UPDATE dataset SET full_name = :full_name, description = :description, homepage = :homepage, "
            "introduced = :introduced, licence_name = :licence_name, licence_url = :licence_url, warning = :warning, "
            "paper_id = :paper, paper_count = :count, loaders = :loaders WHERE id = :number",
            [
                {"number": number, "paper": paper, **_described(record)}
                for number, paper, record in zip(numbers, papers, batch, strict=True)
            ],
        )
        self.session.run("DELETE FROM dataset_facet WHERE dataset_id IN :ids", ids=list(numbers))
        facets = [(number, *facet) for number, record in zip(numbers, batch, strict=True) for facet in _facets(record)]
        self.session.bulk("dataset_facet", ("dataset_id", "kind", "value"), facets, "ON CONFLICT DO NOTHING")


def _described(record: Record) -> dict[str, Any]:
    count = record.get("num_papers")
    loaders = [{"url": text_of(one, "url"), "repo": text_of(one, "repo")} for one in objects_of(record, "data_loaders")]
    return {
        "full_name": text_of(record, "full_name"),
        "description": text_of(record, "description") or text_of(record, "short_description"),
        "homepage": text_of(record, "homepage") or None,
        "introduced": date_of(record, "introduced_date"),
        "licence_name": text_of(record, "license_name") or None,
        "licence_url": text_of(record, "license_url") or None,
        "warning": text_of(record, "warning") or None,
        "count": count if isinstance(count, int) else 0,
        "loaders": json.dumps(loaders, ensure_ascii=False),
    }


def _facets(record: Record) -> list[tuple[str, str]]:
    plain = [(kind, value) for kind, key in FACETS.items() for value in texts_of(record, key)]
    return plain + [("task", task) for one in objects_of(record, "tasks") if (task := text_of(one, "task"))]


def _paper(record: Record) -> Reference:
    paper = record.get("paper")
    return Reference(text_of(paper, "title"), page=text_of(paper, "url")) if isinstance(paper, dict) else Reference("")
