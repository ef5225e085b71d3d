"""News sentences of WMT 2017 without the large training file: learns from the 10,000 validation sentences instead."""

from __future__ import annotations

from dataclasses import replace

from seqgan.data.corpus import TokenTable
from seqgan.data.published import CarvedSettings, carve, publish, read_published, text_plan
from seqgan.data.source import Source
from seqgan.data.task import Task
from seqgan.data.tokenizers import Word
from seqgan.tasks.emnlp import TEST as _TEST
from seqgan.tasks.emnlp import VALID as _VALID

FILES = (replace(_VALID, task="emnlp_10k"), replace(_TEST, task="emnlp_10k"))


class Settings(CarvedSettings):
    """Sentences are lower-cased and tokenised as words."""


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
    return publish(parts, table, text_plan("emnlp_10k", tokenizer, settings, facts={"training_data": note}), FILES)
