"""News sentences of WMT 2017 without the large training file: learns from the 10,000 validation sentences instead."""

from __future__ import annotations

from dataclasses import replace

from pydantic import Field

from seqgan import config
from seqgan.data.build import Plan
from seqgan.data.corpus import TokenTable
from seqgan.data.published import carve, publish, read_published
from seqgan.data.source import Source
from seqgan.data.task import Task
from seqgan.data.tokenizers import Word
from seqgan.tasks.emnlp import TEST as _TEST
from seqgan.tasks.emnlp import VALID as _VALID

FILES = (replace(_VALID, task="emnlp_10k"), replace(_TEST, task="emnlp_10k"))


class Settings(config.Settings):
    """Sentences are lower-cased and tokenised as words."""

    max_len: int | None = Field(None, ge=1, le=200, description="most tokens; unset: the longest training sentence")
    min_count: int = Field(1, ge=1, description="a word seen less often in training becomes the unknown symbol")
    valid_rows: int = Field(500, ge=1, le=5_000, description="sentences set aside for validation")
    split_seed: int = Field(1, ge=0, description="chooses the sentences set aside; not the run's seed")


def load(settings: Settings, seed: int, source: Source | None = None) -> Task:
    """Return the task; its scores are not those of ``emnlp``, because it learns from 28 times fewer sentences.

    Raises DataError where a file is missing or damaged.
    """
    place = source or Source.default()
    tokenizer, table = Word(lower=True), TokenTable()
    whole = read_published(FILES[0], place, tokenizer.tokenize, table)
    train, valid = carve(whole, settings.valid_rows, settings.split_seed)
    parts = {"train": train, "valid": valid, "test": read_published(FILES[1], place, tokenizer.tokenize, table)}
    note = "learns from the validation file (10,000 sentences) in place of the 278,686 of the training file"
    plan = Plan(
        "emnlp_10k", tokenizer, max_len=settings.max_len, min_count=settings.min_count, facts={"training_data": note}
    )
    return publish(parts, table, plan, FILES)
