"""Imports evaluation-tables: tasks with areas and sub-tasks, leaderboards with every row and value.

A task stands in the file at its own place and again under each of its parents, so flattening counts rows twice: here a
leaderboard is known by its task and dataset and taken once.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from seqgan.board.archive.directions import crowd, from_order, judge
from seqgan.board.archive.names import Names
from seqgan.board.archive.paper_index import PaperIndex, Reference
from seqgan.board.archive.stream import Record, date_of, objects_of, text_of, texts_of
from seqgan.board.archive.values import parse
from seqgan.board.catalogue import as_json, ensure_board
from seqgan.board.keys import permalink
from seqgan.board.session import Session

ENTRY = (
    *("id", "permalink", "board_id", "model_id", "position", "paper_id", "evaluated_on", "extra_data"),
    *("state", "source"),
)
ENTRY_SET = ", ".join(f"{name} = excluded.{name}" for name in ENTRY[4:])
CHUNK = 1000  # rows of one statement
VALUE = ("entry_id", "metric_id", "tier", "raw", "number", "low", "high")


@dataclass(frozen=True)
class _Metric:
    """One metric of one board with its numbers in the archive's order of rows."""

    id: int
    name: str
    first: bool
    numbers: tuple[float | None, ...]


class Tables:
    """Takes the records of the file, top-level tasks, one batch after another; :meth:`finish` sets the directions."""

    def __init__(self, session: Session, source: str) -> None:
        """Write into the session; rows that an earlier import of ``source`` brought count only if they come again."""
        self.session, self.source = session, source
        self.areas = Names(session, "area")
        self.tasks = Names(session, "task", source=source)
        self.datasets = Names(session, "dataset", source=source)
        self.models = Names(session, "model")
        self.boards = _Boards(session, source)
        self.index = PaperIndex(session, source)
        self.first_entry = self.next_entry = (session.value("SELECT max(id) FROM entry") or 0) + 1
        self.entries: dict[str, int] = session.pairs("SELECT permalink, id FROM entry WHERE source = :s", s=source)
        self.metrics: list[_Metric] = []
        self.done: set[tuple[int, int]] = set()
        session.run("UPDATE entry SET state = 'superseded' WHERE source = :source", source=source)

    def take(self, batch: Sequence[Record]) -> None:
        """Add the tasks and leaderboards under some top-level tasks."""
        tasks = [found for record in batch for found in _walk(record, None)]
        self._tasks(tasks)
        boards = [
            (self.tasks.id(task), name, dataset)
            for record, _ in tasks
            if (task := text_of(record, "task"))
            for name, dataset in _datasets(objects_of(record, "datasets"))
        ]
        self._boards(boards)

    def finish(self) -> None:
        """Set the direction of every metric from the evidence of the whole file."""
        first = [metric for metric in self.metrics if metric.first]
        others = crowd((metric.name, from_order(metric.numbers)[0]) for metric in first)
        rows = []
        for metric in self.metrics:
            found = judge(metric.name, metric.numbers, metric.first, others)
            rows.append(
                {
                    "id": metric.id,
                    "direction": found.direction,
                    "origin": found.origin,
                    "order": found.order,
                    "conflict": found.conflict,
                }
            )
        self.session.many(
            "UPDATE board_metric SET direction = :direction, direction_from = :origin, order_direction = :order, "
            "conflict = :conflict WHERE id = :id AND direction_from NOT IN ('contract', 'curated')",
            rows,
        )

    def _tasks(self, tasks: Sequence[tuple[Record, str | None]]) -> None:
        parents, areas = [], []
        for record, parent in tasks:
            name = text_of(record, "task")
            if not name:
                continue
            number = self.tasks.id(name)
            if parent:
                parents.append((number, self.tasks.id(parent)))
            areas += [(number, self.areas.id(area)) for area in texts_of(record, "categories")]
        for names in (self.areas, self.tasks):
            names.flush()
        self.session.bulk("task_parent", ("task_id", "parent_id"), parents, "ON CONFLICT DO NOTHING")
        self.session.bulk("task_area", ("task_id", "area_id"), areas, "ON CONFLICT DO NOTHING")
        self._describe(tasks)

    def _describe(self, tasks: Sequence[tuple[Record, str | None]]) -> None:
        rows = {
            self.tasks.id(text_of(record, "task")): {
                "id": self.tasks.id(text_of(record, "task")),
                "description": text_of(record, "description"),
                "synonyms": as_json(texts_of(record, "synonyms")),
            }
            for record, _ in tasks
            if text_of(record, "task")
        }
        self.session.many(
            "UPDATE task SET description = :description, synonyms = :synonyms WHERE id = :id", list(rows.values())
        )

    def _boards(self, found: Sequence[tuple[int, str, Record]]) -> None:
        fresh: dict[tuple[int, int], Record] = {}
        for task, name, dataset in found:
            key = (task, self.datasets.id(name))
            if key not in self.done:
                self.done.add(key)
                fresh[key] = dataset
        self.datasets.flush()
        self._datasets(fresh)
        boards = self.boards.ids(fresh)
        rows = [
            (boards[key], place, row)
            for key, dataset in fresh.items()
            for place, row in enumerate(objects_of(_sota(dataset), "rows"))
        ]
        metrics = {boards[key]: texts_of(_sota(dataset), "metrics") for key, dataset in fresh.items()}
        numbered = self.boards.metrics(metrics, rows)
        self._rows(rows, numbered)
        self._remember(rows, numbered)

    def _datasets(self, fresh: dict[tuple[int, int], Record]) -> None:
        rows = [
            {
                "id": dataset,
                "description": text_of(record, "description"),
                "homepage": next((text_of(link, "url") for link in objects_of(record, "dataset_links")), None) or None,
            }
            for (_, dataset), record in fresh.items()
        ]
        self.session.many(
            "UPDATE dataset SET homepage = COALESCE(homepage, :homepage), description = "
            "CASE WHEN description = '' THEN :description ELSE description END WHERE id = :id",
            rows,
        )

    def _rows(self, rows: Sequence[tuple[int, int, Record]], metrics: dict[tuple[int, str], int]) -> None:
        models = [self.models.id(text_of(row, "model_name").strip() or "(unnamed)") for _, _, row in rows]
        self.models.flush()
        papers = self.index.settle([_reference(row) for _, _, row in rows])
        seen: Counter[tuple[Any, ...]] = Counter()
        entries, values, code = [], [], []
        for (board, place, row), model, paper in zip(rows, models, papers, strict=True):
            identity = (board, text_of(row, "model_name"), text_of(row, "paper_url") or text_of(row, "paper_title"))
            seen[identity] += 1
            link = permalink(self.source, self.boards.slug(board), *identity[1:], seen[identity])
            number = self._entry(link)
            extra = row.get("uses_additional_data")
            entries.append(
                (
                    *(number, link, board, model, place, paper, date_of(row, "paper_date")),
                    *(int(extra) if isinstance(extra, bool) else None, "published", self.source),
                )
            )
            values += [(number, metrics[board, name], "archive", *_value(raw)) for name, raw in _values(row)]
            code += [
                (paper, url)
                for one in objects_of(row, "code_links")
                if paper is not None and (url := text_of(one, "url"))
            ]
        self._forget([entry[0] for entry in entries])
        self.session.bulk("entry", ENTRY, entries, f"ON CONFLICT (id) DO UPDATE SET {ENTRY_SET}")
        self.session.bulk("value", VALUE, values)
        self.session.bulk("repository", ("paper_id", "url"), code, "ON CONFLICT DO NOTHING")

    def _forget(self, entries: Sequence[int]) -> None:
        """Remove the values of rows that come again; a row that does not keeps what it said, at its own address."""
        known = [number for number in entries if number < self.first_entry]
        for start in range(0, len(known), CHUNK):
            chunk = known[start : start + CHUNK]
            self.session.run("DELETE FROM value WHERE tier = 'archive' AND entry_id IN :entries", entries=chunk)

    def _entry(self, link: str) -> int:
        if link not in self.entries:
            self.entries[link] = self.next_entry
            self.next_entry += 1
        return self.entries[link]

    def _remember(self, rows: Sequence[tuple[int, int, Record]], metrics: dict[tuple[int, str], int]) -> None:
        """Keep what the directions will be read from: the numbers of each metric in the order of the rows."""
        by_board: dict[int, list[dict[str, str]]] = {}
        for board, _, row in rows:
            by_board.setdefault(board, []).append(dict(_values(row)))
        firsts: set[int] = set()
        for (board, name), number in metrics.items():
            texts = [row.get(name) for row in by_board.get(board, [])]
            numbers = tuple(None if text is None else parse(text).number for text in texts)
            self.metrics.append(_Metric(number, name, board not in firsts, numbers))
            firsts.add(board)


class _Boards:
    """Leaderboards by task and dataset, and their metrics by name."""

    def __init__(self, session: Session, source: str) -> None:
        self.session, self.source = session, source
        rows = session.rows("SELECT id, slug, task_id, dataset_id FROM board")
        self.known = {(row["task_id"], row["dataset_id"]): row["id"] for row in rows}
        self.slugs = {row["id"]: row["slug"] for row in rows}

    def slug(self, board: int) -> str:
        return str(self.slugs[board])

    def ids(self, wanted: dict[tuple[int, int], Record]) -> dict[tuple[int, int], int]:
        for key in wanted:
            if key not in self.known:
                self.known[key] = ensure_board(self.session, *key, self.source)
                slug = self.session.value("SELECT slug FROM board WHERE id = :id", id=self.known[key])
                self.slugs[self.known[key]] = slug
        return {key: self.known[key] for key in wanted}

    def metrics(
        self, wanted: dict[int, list[str]], rows: Sequence[tuple[int, int, Record]]
    ) -> dict[tuple[int, str], int]:
        """Return (board, name) -> metric, the ranking one of each board first; those only rows name come last."""
        every = {board: dict.fromkeys(names) for board, names in wanted.items()}
        for board, _, row in rows:
            every[board].update(dict.fromkeys(name for name, _ in _values(row)))
        flat = [(board, place, name) for board, names in every.items() for place, name in enumerate(names)]
        self.session.bulk(
            "board_metric",
            ("board_id", "position", "name"),
            flat,
            "ON CONFLICT (board_id, name) DO UPDATE SET position = excluded.position",
        )
        found = self.session.lookup(
            "SELECT id, board_id, name FROM board_metric WHERE board_id IN :keys ORDER BY board_id, position", every
        )
        return {(row["board_id"], row["name"]): row["id"] for row in found if row["name"] in every[row["board_id"]]}


def _walk(record: Record, parent: str | None) -> Iterator[tuple[Record, str | None]]:
    """Yield every task under a top-level one with its parent's name."""
    yield record, parent
    for inner in objects_of(record, "subtasks"):
        yield from _walk(inner, text_of(record, "task"))


def _datasets(records: Sequence[Record]) -> Iterator[tuple[str, Record]]:
    """Yield every dataset with its name, the datasets inside datasets too."""
    for record in records:
        name = text_of(record, "dataset") or text_of(record, "subdataset")
        if name:
            yield name, record
        yield from _datasets(objects_of(record, "subdatasets"))


def _sota(dataset: Record) -> Record:
    found = dataset.get("sota")
    return found if isinstance(found, dict) else {}


def _values(row: Record) -> Iterator[tuple[str, str]]:
    """Yield the metric values of a row as texts; a later dump's numbers and nulls are taken for what they are."""
    found = row.get("metrics")
    for name, raw in found.items() if isinstance(found, dict) else ():
        if raw is not None and raw != "None":
            yield str(name).replace("\0", ""), raw.replace("\0", "") if isinstance(raw, str) else json.dumps(raw)


def _value(raw: str) -> tuple[str, float | None, float | None, float | None]:
    found = parse(raw)
    return raw, found.number, found.low, found.high


def _reference(row: Record) -> Reference:
    return Reference(text_of(row, "paper_title"), text_of(row, "paper_url"), date_of(row, "paper_date"))
