"""What the page of results shows: its tables, the published figures, the estimated costs; all read from data files.

``results/tables.toml`` lists the tables and their rows, ``results/published.toml`` the figures of papers by experiment,
``results/estimates.json`` what a seed of an experiment is expected to take (``seqgan bench estimate`` writes it).
:class:`Sources` holds them together with the records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from seqgan.config import read_toml
from seqgan.errors import ConfigError
from seqgan.results import aggregate
from seqgan.results.record import Record

TABLES, PUBLISHED, ESTIMATES = "tables.toml", "published.toml", "estimates.json"
Kind = TypeVar("Kind", bound=BaseModel)
_LAST = ("adversarial_last", "scheduled_sampling_last", "mle_best", "mle_last", "last")


class _Plain(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Row(_Plain):
    """One system: an experiment by name, or several by a pattern as in ``x-*``; ``checkpoint`` "" is its last stage.

    ``why`` is said where there is no record; ``data`` where it was trained on other data than the quoted figure;
    ``quoted`` false leaves the published figures to another row of the same experiment. ``over`` is the experiment over
    whose last MLE epoch of the same seed the change is taken, for a system that has no MLE stage of its own. ``idea``
    says in the list of a search what a configuration is one of.
    """

    experiment: str
    label: str = ""
    checkpoint: str = ""
    why: str = ""
    data: str = ""
    quoted: bool = True
    over: str = ""
    idea: str = ""


class Table(_Plain):
    """One table; ``quality`` and ``diversity`` are the metrics of its plane, ``control`` the MLE experiment of it.

    ``also`` is a second diversity: what is better at an equal self-BLEU may be worse at an equal NLL_test.

    ``seeds`` are wanted of every row: those without a record are listed as not run.
    ``true`` is the experiment with the true reward in a table of controls. ``pairs`` are the planes, two metrics each,
    in which the published points are compared. A ``search`` lists what was tried, a line each, and no more; the
    scores stand in other tables.
    """

    name: str
    title: str
    text: str = ""
    metrics: list[str]
    quality: str = ""
    diversity: str = ""
    also: str = ""
    control: str = ""
    true: str = ""
    seeds: int = 0
    search: bool = False
    pairs: list[tuple[str, str]] = []
    rows: list[Row] = Field(min_length=1)


class Figure(_Plain):
    """A published figure with its source and the definition behind it; never measured here."""

    metric: str
    value: float
    source: str
    definition: str = ""
    note: str = ""


class Estimate(_Plain):
    """What a seed is expected to take, and where that is known from."""

    seconds: int | float
    machine: str
    source: str = ""
    commit: str | None = None


_ESTIMATES = TypeAdapter(dict[str, Estimate])


@dataclass(frozen=True)
class Sources:
    """All that the page is made from: records, published figures and estimated costs, by experiment."""

    records: Sequence[Record]
    published: Mapping[str, Sequence[Figure]]
    estimates: Mapping[str, Mapping[str, Any]]

    @property
    def experiments(self) -> set[str]:
        """Return the names of the experiments that were carried out or estimated."""
        return {found.experiment for found in self.records} | set(self.estimates)

    def quoted(self, row: Row) -> Sequence[Figure]:
        """Return the published figures that stand in a row."""
        return self.published.get(row.experiment, ()) if row.quoted else ()

    def of(self, experiment: str) -> list[Record]:
        """Return the finished records of an experiment."""
        return aggregate.finished(self.records, experiment)

    def ended_early(self, experiment: str) -> list[Record]:
        """Return the records of an experiment's runs that were stopped or given up."""
        return aggregate.ended_early(self.records, experiment)

    def absence(self, experiment: str) -> str:
        """Return what stands for the values of an experiment without a finished record."""
        found = {one.status for one in self.ended_early(experiment)}
        return "unfinished" if "unfinished" in found else "given up" if found else "not run"


def tables(results: Path) -> list[Table]:
    """Return the tables; raises ConfigError where the file is not as it must be."""
    path = results / TABLES
    return [_checked(Table, values, path) for values in read_toml(path).get("table", [])]


def published(results: Path) -> dict[str, list[Figure]]:
    """Return experiment -> published figures, nothing without a file; raises ConfigError for one that is faulty."""
    path = results / PUBLISHED
    if not path.is_file():
        return {}
    found = {name: _rows(name, values, path) for name, values in read_toml(path).items()}
    return {name: [_checked(Figure, row, path) for row in rows] for name, rows in found.items()}


def _rows(name: str, values: Any, path: Path) -> list[Any]:
    rows = values.get("rows") if isinstance(values, Mapping) else values
    if not isinstance(rows, list):
        raise ConfigError(f"{path}: [{name}] holds no figures.", "Write rows = [{ metric = ... }, ...] below it.")
    return rows


def estimates(results: Path) -> dict[str, dict[str, Any]]:
    """Return experiment -> expected seconds a seed, and the machine and commit that they were found on.

    Raises ConfigError where the file is damaged.
    """
    path = results / ESTIMATES
    try:
        found = _ESTIMATES.validate_json(path.read_bytes()) if path.is_file() else {}
    except ValidationError as error:
        raise _faulty(path, error) from None
    return {name: entry.model_dump(exclude_unset=True) for name, entry in found.items()}


def _checked(kind: type[Kind], values: Mapping[str, Any], path: Path) -> Kind:
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise _faulty(path, error) from None


def _faulty(path: Path, error: ValidationError) -> ConfigError:
    fault = error.errors()[0]
    where = ".".join(map(str, fault["loc"]))
    problem = ": ".join(filter(None, (str(path), where, fault["msg"])))
    return ConfigError(f"{problem}.", "Correct that entry, or restore the file.")


def expand(table: Table, experiments: Iterable[str]) -> list[Row]:
    """Return the rows of a table, a pattern replaced by a row for every other of ``experiments`` with such a name."""
    named = {row.experiment for row in table.rows}
    others = sorted(set(experiments) - named)
    found = []
    for row in table.rows:
        matching = [name for name in others if fnmatchcase(name, row.experiment)]
        found += [row.model_copy(update={"experiment": name, "label": row.label or name}) for name in matching]
        found += [] if matching else [row]
    return found


def checkpoint_of(row: Row, records: Sequence[Record]) -> str:
    """Return the checkpoint that a row shows: the one it names, else the last of the last stage."""
    if row.checkpoint:
        return row.checkpoint
    present = {name for found in records for name in found.scores}
    return next((name for name in _LAST if name in present), "last")


def published_points(figures: Sequence[Figure], pair: tuple[str, str]) -> list[tuple[float, float]]:
    """Return the published points of a pair of metrics, each with both numbers from one source."""
    found: dict[str, dict[str, float]] = {}
    for figure in figures:
        found.setdefault(figure.source, {})[figure.metric] = figure.value
    return [(named[pair[0]], named[pair[1]]) for named in found.values() if all(metric in named for metric in pair)]
