"""What a task says about its measures reaches the metrics and their signatures."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from algorithms.runs import letters
from seqgan.metrics.bleu import bleu
from seqgan.runs.evaluation import Evaluator
from seqgan.tasks import file


@pytest.mark.parametrize("definition", ["texygen", "legacy", "strict"])
def test_the_tasks_definition_of_bleu_is_used_and_signed(tmp_path, definition):
    settings = file.Settings(path=str(letters(tmp_path / "letters.txt")), tokenizer="whitespace", max_len=8)
    task = replace(file.load(settings, 1), details={"definition": definition, "orders": "2,3"})
    evaluator = Evaluator(task, torch.device("cpu"))
    samples = evaluator.decoded(task.train.samples(slice(0, 30)))
    scores = evaluator.measure(None, samples, "test").scores
    assert scores["bleu_3"].value == pytest.approx(bleu(samples.tokens, task.references(), definition)["bleu_3"])
    assert f"definition:{definition}" in scores["bleu_3"].signature
    assert f"definition:{definition}" in scores["self_bleu_3"].signature
    assert "bleu_4" not in scores
