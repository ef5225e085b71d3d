"""Paragraphs of Barack Obama's speeches, 11,092 of them (Yu et al. 2017, Sec. "Text Generation", Table 3).

The paper names the file and the number of paragraphs, and "the whole test set as the references" of BLEU-3 and
BLEU-4. It states no split, vocabulary or length, so these are settings: words are lower-cased, paragraphs are cut to
``max_len`` words, and validation and test are chosen at random by ``split_seed``.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from seqgan.data.corpus import TokenTable
from seqgan.data.published import CarvedSettings, carve, publish, read_published, text_plan
from seqgan.data.source import RemoteFile, Source
from seqgan.data.task import Task
from seqgan.data.tokenizers import Word

PARAGRAPHS = 11_092
SPEECHES = RemoteFile(
    name="obama/input.txt",
    task="obama",
    address="https://raw.githubusercontent.com/samim23/obama-rnn/10248ee07440125e1e3ea3bd07f4b3b4b6b54131/input.txt",
    licence="MIT (repository); the speeches are in the public domain",
    git_blob="11ec5f013964d47a45c55dbc3c9cefd71a6e3172",
)
FILES = (SPEECHES,)


class Settings(CarvedSettings):
    """A paragraph, which is a line of the file, is one sequence of words."""

    max_len: int | None = Field(32, ge=1, le=200, description="most words of a paragraph (paper: not stated)")
    long: Literal["cut", "drop"] = Field("cut", description="what happens to longer ones (paper: not stated)")
    min_count: int = Field(2, ge=1, description="a word seen less often in training becomes the unknown symbol")
    test_rows: int = Field(1_000, ge=1, le=5_000, description="paragraphs set aside for the test (paper: not stated)")


def load(settings: Settings, seed: int, source: Source | None = None) -> Task:
    """Return the task; where the file has another number of paragraphs than the paper states, a warning says so.

    Raises DataError where the file is missing or damaged.
    """
    tokenizer, table = Word(lower=True), TokenTable()
    whole = read_published(SPEECHES, source or Source.default(), tokenizer.tokenize, table)
    rest, test = carve(whole, settings.test_rows, settings.split_seed)
    train, valid = carve(rest, settings.valid_rows, settings.split_seed)
    odd = f"The file has {len(whole):,} paragraphs; the paper counts {PARAGRAPHS:,}."
    facts = {"paragraphs": len(whole), "warnings": [odd] if len(whole) != PARAGRAPHS else []}
    plan = text_plan("obama", tokenizer, settings, long=settings.long, facts=facts)
    return publish({"train": train, "valid": valid, "test": test}, table, plan, FILES)
