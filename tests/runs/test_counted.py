"""The 4-gram model beside a run's checkpoints: its likelihood is a distribution over what a generator could draw."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import pytest
import torch

from algorithms.runs import letters
from seqgan.data.task import Split
from seqgan.functional.masks import mask_after_end
from seqgan.runs import counted as module
from seqgan.runs.counted import counted
from seqgan.runs.evaluation import Evaluator
from seqgan.runs.final import measure_counted
from seqgan.tasks import file

ROWS = torch.tensor([[3, 4, 0, 0], [3, 3, 4, 0], [4, 0, 0, 0], [3, 4, 3, 0]])


class Words:
    """Ids 0 to 5, of which the rows hold 0, 3 and 4."""

    def __init__(self, end: int | None) -> None:
        self.end = end

    def __len__(self) -> int:
        return 6


def world(end: int | None) -> SimpleNamespace:
    lengths = torch.tensor([3, 4, 2, 4]) if end == 0 else torch.full((4,), 4)
    return SimpleNamespace(train=Split(ROWS, lengths), vocab=Words(end), max_len=4)


@pytest.mark.parametrize("end", [0, None])
def test_everything_that_could_be_drawn_has_probability_one_together(end: int | None) -> None:
    _, likelihood = counted(world(end), 1, 1)
    every = torch.tensor(list(itertools.product(range(6), repeat=4)))
    mask = mask_after_end(every, end)
    different = {tuple(row[kept].tolist()): place for place, (row, kept) in enumerate(zip(every, mask, strict=True))}
    places = torch.tensor(list(different.values()))
    assert float(likelihood(every[places], mask[places]).exp().sum()) == pytest.approx(1.0, rel=1e-12)


def test_positions_outside_the_mask_and_padding_add_nothing() -> None:
    _, likelihood = counted(world(0), 1, 1)
    ids = torch.tensor([[3, 4, 0, 0], [3, 4, 0, 4]])
    ended = torch.tensor([[True, True, True, False]] * 2)
    one, two = likelihood(ids, ended).tolist()
    assert one == two
    hole = likelihood(ids[:1], torch.tensor([[True, False, True, False]]))
    assert one < float(hole) < 0


def test_samples_end_as_a_generators_do_and_have_room_for_the_end_symbol() -> None:
    samples, _ = counted(world(0), 500, 1)
    lengths = samples.mask.sum(dim=1)
    ended = (samples.ids * samples.mask + ~samples.mask).eq(0).any(dim=1)
    assert samples.ids.shape == (500, 4)
    assert (lengths[~ended] == 3).all()  # never ended: cut to the tokens that fit before the end symbol
    assert ended.any()
    assert not ended.all()
    assert counted(world(None), 5, 1)[0].mask.all()


def test_equal_seeds_draw_equal_samples() -> None:
    first, again, other = (counted(world(0), 50, seed)[0].ids for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_of_many_rows_only_as_many_are_counted_as_were_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_TOKENS", 7)
    assert 1 <= len(module._rows(world(0).train, torch.Generator().manual_seed(0))) <= 3
    monkeypatch.setattr(module, "MOST_TOKENS", 0)
    assert len(module._rows(world(0).train, torch.Generator().manual_seed(0))) == 1


def test_it_is_measured_like_a_generator(tmp_path) -> None:
    settings = file.Settings(path=str(letters(tmp_path / "letters.txt")), tokenizer="whitespace", max_len=8)
    evaluator = Evaluator(file.load(settings, 1), torch.device("cpu"))
    found = measure_counted(evaluator, 40, 1)
    assert len(found.samples.strings) == 40
    assert 0 < found.scores["nll_gen"].value < 10
    assert not found.missing
