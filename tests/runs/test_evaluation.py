"""What a task says about its measures reaches the metrics and their signatures."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from algorithms.runs import letters
from runs.rig import SinglePrecision
from seqgan.metrics.bleu import bleu
from seqgan.records import Samples
from seqgan.runs.evaluation import Evaluator, log_prob
from seqgan.runs.final import _shares
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


class OnAnotherDevice(torch.nn.Module):
    """A generator that gives every token 1 nat, on a device without float64."""

    device = torch.device("cpu")

    def forward(self, tokens):
        self.shape = tokens.shape
        return self

    def drawn_log_prob(self, *_):
        return (-torch.ones(self.shape)).as_subclass(SinglePrecision)


def test_likelihoods_are_summed_in_float64_on_the_cpu_whatever_the_device_has():
    ids = torch.zeros(2, 3, dtype=torch.long)
    mask = torch.tensor([[True, True, True], [True, False, False]])
    found = log_prob(OnAnotherDevice(), ids, mask)
    assert (found.dtype, found.tolist()) == (torch.float64, [-3.0, -1.0])
    rows = _shares(found.float().as_subclass(SinglePrecision), Samples(ids, mask))
    assert float(rows.mean()) == pytest.approx(1.0)
