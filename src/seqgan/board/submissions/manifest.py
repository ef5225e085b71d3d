"""The manifest of a submission: what the submitter says of the samples; checked strictly, never believed."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from seqgan.board.benchmarks.contract import Sha256, canonical, faults
from seqgan.board.submissions import strict
from seqgan.errors import BoardError

MOST_BYTES = 64 * 1024
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")  # control, bidirectional, half characters: not in a name


def _plain(text: str) -> str:
    """Return a name without what cannot be seen or turns the text round."""
    if any(unicodedata.category(letter) in _HIDDEN for letter in text):
        raise ValueError("it holds control or direction characters")
    if text != text.strip():
        raise ValueError("it begins or ends with a blank")
    return text


def _prose(text: str) -> str:
    """Return a text of several lines, else as :func:`_plain`."""
    if any(unicodedata.category(letter) in _HIDDEN and letter not in "\n\t" for letter in text):
        raise ValueError("it holds control or direction characters")
    return text


def _web(url: str) -> str:
    """Return a web address, which is shown as a link and never visited by the board."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or not url.isprintable() or " " in url:
        raise ValueError("it is no http or https address")
    if parts.username or parts.password:
        raise ValueError("it holds a user name or password")
    return url


Short = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_plain)]
Label = Annotated[str, Field(max_length=100), AfterValidator(_plain)]
Line = Annotated[str, Field(max_length=300), AfterValidator(_plain)]
Link = Annotated[str, Field(max_length=500), AfterValidator(_web)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Seed = Annotated[int, Field(ge=0, le=2**53)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Paper(_Part):
    """The paper that describes the model: an arXiv number, an address or a title."""

    arxiv: str | None = Field(None, pattern=r"^(\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7})(v\d+)?$")
    url: Link | None = None
    title: Line | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.arxiv or self.url or self.title):
            raise ValueError("a paper needs an arXiv number, an address or a title")
        return self


class Code(_Part):
    """Where the code is; the board keeps the address and never visits it."""

    url: Link
    commit: str | None = Field(None, pattern=r"^[0-9a-f]{40}$")
    official: bool = False


class Decoding(_Part):
    """How the samples were drawn; temperature 1 is the model as it is, ``seed`` that of the drawing."""

    temperature: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)] = 1.0
    top_k: int = Field(0, ge=0, le=10**9)
    top_p: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = 1.0
    seed: Seed | None = None


class Manifest(_Part):
    """What a submission says of itself; ``claimed`` are values by score name that the board sets beside its own.

    ``checkpoints`` are the SHA-256 of the model files by seed, ``train_data`` what else the model learned from.
    """

    schema_: Literal["seqgan.submission/1"] = Field("seqgan.submission/1", alias="schema")
    benchmark: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,47}@[1-9][0-9]{0,5}$")
    model: Short
    variant: Label = ""
    paper: Paper | None = None
    code: Code | None = None
    checkpoints: dict[str, Sha256] = Field(default_factory=dict, max_length=20)
    params_millions: Annotated[float, Field(gt=0, le=10**7, allow_inf_nan=False)] | None = None
    extra_training_data: bool = False
    train_data: list[Label] = Field(default_factory=list, max_length=20)
    selection: Label = ""
    decoding: Decoding | None = None
    seeds: list[Seed] = Field(min_length=1, max_length=20)
    claimed: dict[str, Number] = Field(default_factory=dict, max_length=50)
    claimed_from: Line = ""
    tags: list[Label] = Field(default_factory=list, max_length=10)
    notes: Annotated[str, Field(max_length=2000), AfterValidator(_prose)] = ""
    licence: Label = ""
    supersedes: str | None = Field(None, pattern=r"^[a-z0-9]{12}$")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if len(set(self.seeds)) != len(self.seeds):
            raise ValueError("a seed stands twice")
        if strangers := set(self.checkpoints) - {str(seed) for seed in self.seeds}:
            raise ValueError(f"checkpoints are of seeds that are not there: {', '.join(sorted(strangers))[:80]}")
        if self.claimed and not self.claimed_from:
            raise ValueError("claimed values need claimed_from: the paper's table or page")
        return self

    def to_json(self) -> str:
        """Return the manifest as JSON in one spelling."""
        return canonical(self.model_dump(mode="json", by_alias=True))


def read(data: bytes) -> Manifest:
    """Return the manifest in the bytes of a JSON file; raises BoardError that names every fault."""
    if len(data) > MOST_BYTES:
        raise BoardError(f"The manifest has {len(data):,} bytes.", f"At most {MOST_BYTES:,} are taken.")
    return of(strict.loads(strict.decode(data, "The manifest"), "The manifest"))


def of(plain: Any) -> Manifest:
    """Return the manifest in plain data; raises BoardError that names every fault."""
    try:
        return Manifest.model_validate(plain)
    except ValidationError as error:
        raise BoardError(f"The manifest is not as it must be: {faults(error)}.", "Mend it.") from None


def seed_of(name: str) -> int | None:
    """Return the seed in the name of a file of samples, ``samples.<seed>.jsonl`` or ``.jsonl.gz``, else None."""
    found = re.fullmatch(r"samples\.(\d{1,15})\.jsonl(\.gz)?", name)
    return int(found.group(1)) if found else None
