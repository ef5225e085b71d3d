"""Classical Chinese quatrains of five characters a line: 16,394 poems of 20 characters (Yu et al. 2017, Sec. 5.1)."""

from __future__ import annotations

from pydantic import Field

from seqgan import config
from seqgan.data.build import Plan
from seqgan.data.corpus import Corpus, TokenTable
from seqgan.data.published import carve, publish, read_published
from seqgan.data.source import RemoteFile, Source
from seqgan.data.task import Task
from seqgan.data.tokenizers import Char
from seqgan.stats.sentence_bleu import Definition

_MARKS = (5, 11, 17, 23)

POEMS = RemoteFile(
    name="poems/shi.txt",
    task="poems",
    address="https://raw.githubusercontent.com/geek-ai/Texygen/3104e22ac75f3cc2070da2bf5e2da6d2bef149ad/data/shi.txt",
    licence="classical Chinese poetry, public domain",
    sha256="ac03c5fbb07776f0e43cb1ccfc74732f5313ab3d832df81c8e0db327df35e666",
)
FILES = (POEMS,)


class Settings(config.Settings):
    """A poem is one sequence of single characters; every poem has the same length, so there is no end symbol."""

    punctuation: bool = Field(False, description="keep the four punctuation marks (24 characters instead of 20)")
    min_count: int = Field(1, ge=1, description="a character seen less often in training becomes the unknown symbol")
    valid_rows: int = Field(1_000, ge=1, le=4_000, description="poems set aside for validation")
    test_rows: int = Field(2_000, ge=1, le=4_000, description="poems set aside for the test")
    definition: Definition = Field("texygen", description="of bleu and self_bleu: see the metric bleu")
    split_seed: int = Field(1, ge=0, description="chooses the poems set aside; not the run's seed")


def load(settings: Settings, seed: int, source: Source | None = None) -> Task:
    """Return the task; the paper states no split, so validation and test poems are chosen at random by ``split_seed``.

    Punctuation is what stands at the end of the four lines (positions 6, 12, 18, 24 of the file's 24 characters).
    Raises DataError where the file is missing or damaged.
    """
    table = TokenTable()

    def characters(text: str) -> list[str]:
        line = text.split()
        return line if settings.punctuation else [c for i, c in enumerate(line) if i not in _MARKS]

    whole = read_published(POEMS, source or Source.default(), characters, table)
    rest, test = carve(whole, settings.test_rows, settings.split_seed)
    train, valid = carve(rest, settings.valid_rows, settings.split_seed)
    parts: dict[str, Corpus] = {"train": train, "valid": valid, "test": test}
    metrics = ("nll_gen", "bleu", "self_bleu", "uniqueness")
    details = {"definition": settings.definition}
    plan = Plan("poems", Char(), min_count=settings.min_count, end=False, metrics=metrics, details=details)
    return publish(parts, table, plan, FILES)
