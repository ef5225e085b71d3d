"""Oracle tasks: exact probabilities, streams, the authors' numbers."""

from __future__ import annotations

import math
import time
from itertools import product

import pytest
import torch

from seqgan.data.source import Source
from seqgan.errors import ConfigError, ShapeError
from seqgan.functional.sampling import sample
from seqgan.generators import lstm
from seqgan.tasks import oracle_grammar, oracle_lstm

SMALL = {"train_rows": 40, "valid_rows": 20, "test_rows": 30}


@pytest.fixture(scope="module")
def grammar():
    return oracle_grammar.load(oracle_grammar.Settings(**SMALL), 1)


@pytest.fixture(scope="module")
def tiny():
    return oracle_lstm.load(oracle_lstm.Settings(parameters="seeded", vocabulary=3, length=4, **SMALL), 1)


def test_grammar_rows_are_sentences_that_the_oracle_knows(grammar):
    rows = grammar.train.samples()
    assert rows.ids.shape == (40, grammar.max_len)
    assert torch.isfinite(grammar.log_prob(rows.ids, rows.mask)).all()
    assert torch.equal(grammar.log_prob(rows.ids), grammar.log_prob(rows.ids, rows.mask))
    strings = grammar.decode(rows.ids, rows.mask)
    assert torch.equal(grammar.encode(strings).ids, rows.ids)
    changed = rows.ids.clone()
    changed[:, 0] = grammar.vocab.ids["elephant"]
    assert torch.isneginf(grammar.log_prob(changed, rows.mask)).all()
    with pytest.raises(ShapeError):
        grammar.log_prob(rows.ids[0])


@pytest.mark.parametrize("task", ["grammar", "tiny"])
@pytest.mark.parametrize("stranger", [-1, -7, 99_999, "V"])
def test_ids_outside_the_vocabulary_are_impossible_and_padding_may_hold_them(request, task, stranger):
    known = request.getfixturevalue(task)
    rows = known.test.samples()
    value, ids = len(known.vocab) if stranger == "V" else stranger, rows.ids.clone()
    mask = rows.mask.clone()
    mask[:, -1] = False
    ids[0, 1], ids[:, -1] = value, value
    found, before = known.log_prob(ids, mask), known.log_prob(rows.ids, mask)
    assert torch.isneginf(found[0])
    assert torch.equal(found[1:], before[1:])
    assert torch.isfinite(found[1:]).any()


def test_grammar_draws_from_the_stream_it_is_given(grammar):
    def draw(seed):
        return grammar.oracle.sample(20, torch.Generator().manual_seed(seed)).ids

    assert torch.equal(draw(1), draw(1))
    assert not torch.equal(draw(1), draw(2))


@pytest.mark.parametrize("task", ["grammar", "tiny"])
def test_splits_and_seeds_differ(request, task):
    first = request.getfixturevalue(task)
    assert (len(first.train), len(first.valid), len(first.test)) == (40, 20, 30)
    module, settings = (
        (oracle_grammar, oracle_grammar.Settings(**SMALL))
        if task == "grammar"
        else (oracle_lstm, oracle_lstm.Settings(parameters="seeded", vocabulary=3, length=4, **SMALL))
    )
    again, other = module.load(settings, 1), module.load(settings, 2)
    assert torch.equal(first.train.ids, again.train.ids)
    assert not torch.equal(first.train.ids, other.train.ids)
    assert not torch.equal(first.train.ids[:20], first.valid.ids)
    assert torch.equal(first.log_prob(other.test.samples().ids), other.log_prob(other.test.samples().ids))


def test_ten_thousand_sentences_are_quick(grammar):
    begin = time.process_time()
    rows = grammar.oracle.sample(10_000, torch.Generator().manual_seed(0))
    total = grammar.log_prob(rows.ids, rows.mask)
    assert time.process_time() - begin < 2
    assert -total.sum() / rows.mask.sum() == pytest.approx(grammar.facts["nll_of_real_text_nats_per_token"], abs=0.02)


def test_lstm_probabilities_of_all_sequences_sum_to_one(tiny):
    every = torch.tensor(list(product(range(3), repeat=4)))
    assert float(tiny.log_prob(every).exp().sum()) == pytest.approx(1.0, abs=1e-5)
    assert (tiny.vocab.end, tiny.vocab.unknown, len(tiny.vocab), tiny.max_len) == (None, None, 3, 4)


def test_lstm_equals_the_equations_written_out(tiny):
    """Row vectors: gates = sigmoid(x w + h u + b), candidate = tanh(...), begin symbol = token 0."""
    p = {k: v.double() for k, v in oracle_lstm.seeded_parameters(3, 0).items()}
    ids = tiny.test.samples().ids
    h = c = torch.zeros(len(ids), 32, dtype=torch.float64)
    total, before = torch.zeros(len(ids), dtype=torch.float64), torch.zeros(len(ids), dtype=torch.int64)
    for t in range(4):
        x = p["embedding"][before]
        i, f, o = (torch.sigmoid(x @ p[f"w{g}"] + h @ p[f"u{g}"] + p[f"b{g}"]) for g in ("i", "f", "og"))
        c = f * c + i * torch.tanh(x @ p["wc"] + h @ p["uc"] + p["bc"])
        h = o * torch.tanh(c)
        before = ids[:, t]
        total += torch.log_softmax(h @ p["wo"] + p["bo"], 1).gather(1, before[:, None])[:, 0]
    torch.testing.assert_close(tiny.log_prob(ids).double(), total, rtol=1e-5, atol=1e-5)


def test_lstm_padding_counts_nothing_and_nothing_learns(tiny):
    rows = tiny.test.samples()
    mask = rows.mask.clone()
    mask[:, 2:] = False
    spoiled = rows.ids.clone()
    spoiled[:, 2:] = 0
    torch.testing.assert_close(tiny.log_prob(rows.ids, mask), tiny.log_prob(spoiled, mask))
    assert not any(parameter.requires_grad for parameter in tiny.oracle.network.parameters())


def test_the_oracle_does_not_follow_the_runs_seed():
    one, other = oracle_lstm.seeded_parameters(5, 0), oracle_lstm.seeded_parameters(5, 1)
    assert not torch.equal(one["wo"], other["wo"])
    assert torch.equal(one["wo"], oracle_lstm.seeded_parameters(5, 0)["wo"])
    with pytest.raises(ConfigError, match="5000, not 10"):
        oracle_lstm.load(oracle_lstm.Settings(vocabulary=10), 1)


def test_authors_oracle_has_the_known_entropy(mirror):
    """NLL of own samples 5.75, of uniform tokens 11.44, of an untrained generator 11.43 nats a token.

    Measured on the authors' own code.
    """
    n = 2_000
    arrays = oracle_lstm.authors_parameters(Source(mirror, mirror))
    oracle = oracle_lstm.LstmOracle(oracle_lstm.network_of(arrays), 20)
    own = oracle.sample(n, torch.Generator().manual_seed(0))
    uniform = torch.randint(5_000, (n, 20), generator=torch.Generator().manual_seed(0))
    torch.manual_seed(0)
    untrained = sample(lstm.create(lstm.Settings(), 5_000, 20), n, 20, None, torch.Generator().manual_seed(0))
    for ids, known in ((own.ids, 5.75), (uniform, 11.44), (untrained.ids, 11.43)):
        each = -oracle.log_prob(ids, torch.ones_like(ids, dtype=torch.bool)) / 20
        # Four standard errors of 2,000 sequences (0.012 and 0.013) and half a unit of the last printed digit.
        assert float(each.mean()) == pytest.approx(known, abs=4 * float(each.std()) / math.sqrt(n) + 0.005)
