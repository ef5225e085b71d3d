"""Captions of Texygen's COCO training file, judged as LeakGAN's Table 3 was: other test captions, another BLEU.

The test captions are the 5,000 of Guo et al. 2018 (LeakGAN), lower-cased, without those that stand in the training
file (6 of them); BLEU is NLTK's of that time, definition ``legacy``. Their own 80,000 training captions and their
vocabulary of 4,980 words are not used here, so a model of this task has learned from other data than the published
rows (SeqGAN .831 .642 .521 .427), which leaderboards copied.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from pydantic import Field

from seqgan.data.corpus import TokenTable
from seqgan.data.published import CarvedSettings, carve, publish, read_published, text_plan
from seqgan.data.source import RemoteFile, Source
from seqgan.data.task import Task
from seqgan.data.tokenizers import Word
from seqgan.stats.sentence_bleu import Definition
from seqgan.tasks.coco import TRAIN as _TRAIN

TEST = RemoteFile(
    name="coco_leakgan/test.txt",
    task="coco_leakgan",
    address="",  # decoded from the ids in LeakGAN's repository, whose vocabulary is a pickle that nobody should load
    licence="captions CC BY 4.0 (COCO)",
    sha256="3e138d59f5d5b21789f610f020305deb9c0afed5f083bad7412e7c7dbc516ed4",
)
FILES = (replace(_TRAIN, task="coco_leakgan"), TEST)


class Settings(CarvedSettings):
    """Captions are lower-cased and tokenised as words, as in the task ``coco``."""

    definition: Definition = Field("legacy", description="of bleu and self_bleu: see the metric bleu")


def load(settings: Settings, seed: int, source: Source | None = None) -> Task:
    """Return the task: the training and validation captions of the task ``coco``, the test captions of LeakGAN.

    Raises DataError where a file is missing or damaged; the test file can only come from a mirror.
    """
    place = source or Source.default()
    tokenizer, table = Word(lower=True), TokenTable()
    whole, test = (read_published(file, place, tokenizer.tokenize, table) for file in FILES)
    known = np.isin(test.fingerprints, whole.fingerprints)
    train, valid = carve(whole, settings.valid_rows, settings.split_seed)
    facts = {"dropped_test_captions": int(known.sum()), "training_data": "Texygen's 10,000 captions, not LeakGAN's"}
    plan = text_plan("coco_leakgan", tokenizer, settings, facts=facts)
    return publish({"train": train, "valid": valid, "test": test.take(~known)}, table, plan, FILES)
