"""The contract of a benchmark: data with their hashes, tokens, number of samples, metrics, bounds, code version.

Everything that changes a number stands in it. A file that was published is never edited: another number means another
version, and then all stored samples are scored again. ``probe`` holds a few rows with their scores; a test scores
them, so a change of the software that would change a number is seen before it ships.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from seqgan.errors import BoardError

_DESCRIPTIVE = {"title", "about", "probe"}  # words may be mended; what is measured may not
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,47}$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class DataFile(_Part):
    """A file of one text a line, known by its SHA-256; ``task`` is what ``seqgan fetch`` gets it with."""

    file: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$")
    sha256: Sha256
    rows: int = Field(ge=1)
    task: str = ""


class Origin(_Part):
    """A task whose splits are the data: its settings and seed give the rows, ``data`` is the hash of its test rows.

    ``data`` is empty where the rows are drawn in floating point and may differ between machines; no score depends on
    them then, and the task checks the hashes of its own files.
    """

    task: str
    seed: int = 1
    settings: dict[str, int | str] = Field(default_factory=dict)
    data: str = Field("", pattern=r"^([0-9a-f]{12})?$")


class Tokens(_Part):
    """How a text becomes tokens; see ``seqgan.data.tokenizers``."""

    kind: str
    lower: bool = False


class Measured(_Part):
    """One score of the benchmark: its name in the software, its title on the board, direction, bounds, real text."""

    name: str
    title: str = Field(min_length=1, max_length=60)
    direction: Literal["higher", "lower", "unknown"]
    low: float
    high: float
    unit: str = ""
    real: float | None = Field(None, description="the value of real text, which no honest model passes by much")


class Probe(_Part):
    """A few rows whose scores under this contract are known: what the software must still say."""

    samples: list[str | list[int]]
    references: list[str] = Field(default_factory=list)
    train: list[str] = Field(default_factory=list)
    values: dict[str, float]


class Contract(_Part):
    """One version of a benchmark; ``samples`` is the exact number of rows of every seed's file."""

    name: Name
    version: int = Field(ge=1)
    title: str
    about: str
    area: str
    task: str
    dataset: str
    content: Literal["text", "ids"] = "text"
    samples: int = Field(ge=2, le=100_000)
    seeds: int = Field(3, ge=1, le=20, description="asked for; fewer are taken, and the board says so")
    vocabulary: int = Field(0, ge=0, description="of ids: 0 .. vocabulary - 1")
    length: int = Field(0, ge=0, description="of ids: exactly so many in every row")
    metrics: list[str] = Field(min_length=1)
    definition: Literal["texygen", "legacy", "strict"] = "texygen"
    check: str = ""
    code: str = Field(description="the version of seqgan that first gave these numbers; the probe holds the next to it")
    tokenizer: Tokens | None = None
    references: DataFile | None = None
    train: DataFile | None = None
    origin: Origin | None = None
    scores: list[Measured] = Field(min_length=1)
    probe: Probe

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.origin is None) == (self.references is None):
            raise ValueError("a benchmark has either references or an origin")
        if self.references is not None and self.tokenizer is None:
            raise ValueError("references need a tokenizer")
        if self.content == "ids" and not (self.vocabulary and self.length and self.origin):
            raise ValueError("a benchmark of ids needs an origin, vocabulary and length")
        for what in ("name", "title"):
            every = [getattr(score, what) for score in self.scores]
            if len(set(every)) != len(every):
                raise ValueError(f"two scores have one {what}")
        return self

    @property
    def id(self) -> str:
        """Return ``name@version``."""
        return f"{self.name}@{self.version}"

    @property
    def sha256(self) -> str:
        """Return the hash of all that can change a number."""
        return hashlib.sha256(canonical(self.model_dump(mode="json", exclude=_DESCRIPTIVE)).encode()).hexdigest()

    def score(self, name: str) -> Measured | None:
        """Return one of the scores by its name in the software."""
        return next((score for score in self.scores if score.name == name), None)

    def meaning(self, score: Measured) -> str:
        """Return in one line what a score of this benchmark is: what its signature says, without counts of samples."""
        if self.references is not None:
            data = f"references {self.references.file} ({self.references.rows:,} rows, {self.references.sha256[:12]})"
        else:
            data = f"task {self.origin.task}" if self.origin else ""
            data += f" (test rows {self.origin.data})" if self.origin and self.origin.data else ""
        tokens = (
            f"{self.tokenizer.kind}{', lower-cased' if self.tokenizer.lower else ''}"
            if self.tokenizer
            else "as the task's"
        )
        facts = f"definition {self.definition}; {data}; {self.samples:,} samples a seed; tokens {tokens}"
        return f"{score.name} of {self.id}: {facts}"


def canonical(data: Any) -> str:
    """Return plain data as JSON in one spelling."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def read(path: Path) -> Contract:
    """Return the contract in a TOML file; raises BoardError that names every fault."""
    try:
        return Contract.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise BoardError(f"{path} cannot be read: {error.strerror}.", "Check the path.") from error
    except ValidationError as error:
        raise BoardError(f"{path.name} is no benchmark: {faults(error)}.", "Mend the file.") from None
    except ValueError as error:
        raise BoardError(f"{path.name} is no TOML: {error}.", "Mend the file.") from None


def faults(error: ValidationError) -> str:
    """Return every fault that pydantic found as one line: where, and what is wrong."""
    found = [(".".join(str(part) for part in one["loc"]), one["msg"]) for one in error.errors(include_url=False)]
    return "; ".join(f"{where}: {text}" if where else text for where, text in found)


@cache
def packaged() -> dict[str, Contract]:
    """Return the benchmarks that come with this software, by ``name@version``."""
    contracts = [read(path) for path in sorted(Path(__file__).parent.glob("*.toml"))]
    return {contract.id: contract for contract in contracts}
