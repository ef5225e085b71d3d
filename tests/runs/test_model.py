"""Model files: strings from one file alone, exact probabilities, damage and misuse named."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
import torch

from seqgan import registry
from seqgan.data.tokenizers import make
from seqgan.data.vocab import Vocab
from seqgan.errors import CheckpointError, ConfigError, DataError
from seqgan.functional.outputs import Output
from seqgan.runs import checkpoint
from seqgan.runs.evaluation import log_prob
from seqgan.runs.model import Model, load_model, save_model

SOURCE = Path(__file__).parents[2] / "src"


def small(end: bool = True, name: str = "lstm") -> tuple[Model, object]:
    """A model of words a and b, of three positions, with weights far from uniform."""
    plugin, vocab = registry.load("generators", name), Vocab.build(["a", "b"], end=end)
    settings = plugin.Settings(embedding=4, hidden=4)
    torch.manual_seed(1)
    generator = plugin.create(settings, len(vocab), 3)
    with torch.no_grad():
        for parameter in generator.parameters():
            parameter.normal_(std=0.8)
    return Model(generator, vocab, make({"kind": "whitespace"}), 3, "toy", {"seed": 1}), settings


@pytest.fixture
def saved(tmp_path: Path) -> tuple[Model, Path]:
    model, settings = small()
    save_model(tmp_path / "model.safetensors", model, "lstm", settings)
    return model, tmp_path / "model.safetensors"


def test_a_loaded_model_samples_and_scores_as_the_saved_one(saved):
    model, path = saved
    back = load_model(path)
    assert back.sample(20, seed=3) == model.sample(20, seed=3)
    assert torch.equal(back.log_prob(["a b", "b"]), model.log_prob(["a b", "b"]))
    assert (back.task, back.max_len, back.about, back.vocab) == ("toy", 3, {"seed": 1}, model.vocab)


def test_a_run_folder_stands_for_its_model(saved):
    model, path = saved
    assert load_model(path.parent).sample(5, seed=1) == model.sample(5, seed=1)


@pytest.mark.thorough
def test_another_process_gets_the_same_strings_from_the_file_alone(saved):
    model, path = saved
    code = "import sys, pathlib; from seqgan.runs.model import load_model; print(load_model(pathlib.Path(sys.argv[1]))"
    command = [sys.executable, "-c", code + ".sample(9, seed=4))", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={"PYTHONPATH": str(SOURCE)})
    assert done.stdout.strip() == str(model.sample(9, seed=4))


def drawable(model: Model, most: int) -> list[str]:
    """Every string of a and b of up to ``most`` tokens."""
    return [" ".join(words) for n in range(most + 1) for words in product("ab", repeat=n)]


def test_the_probabilities_of_all_strings_that_can_be_drawn_sum_to_one(saved):
    model, _ = saved
    strings = drawable(model, 2)  # three positions, one of them for the end symbol
    assert model.log_prob(strings).exp().sum().item() == pytest.approx(1.0, abs=1e-5)
    assert set(model.sample(2000, seed=0)) == set(strings)


def test_the_end_symbol_counts_but_in_a_string_of_full_length(saved):
    model, _ = saved
    end = model.vocab.end
    rows = torch.tensor([[0, end, end], [0, 1, end], [0, 1, 0], [0, 1, 1]])
    mask = torch.tensor([[True, True, False], [True, True, True], [True, True, True], [True, True, True]])
    exact = log_prob(model.generator, rows, mask).exp()
    assert model.log_prob(["a"]).exp().item() == pytest.approx(exact[0].item(), rel=1e-6)
    assert model.log_prob(["a b"]).exp().item() == pytest.approx(exact[1:].sum().item(), rel=1e-6)


def test_sampled_ids_and_strings_are_cut_alike_and_keep_their_likelihood(saved):
    model, _ = saved
    drawn, strings = model.sample_ids(300, seed=2), model.sample(300, seed=2)
    ended = ((drawn.ids == model.vocab.end) & drawn.mask).any(dim=1)
    lengths = drawn.mask.sum(dim=1) - ended.long()
    assert lengths.tolist() == [len(text.split()) for text in strings]
    assert int(lengths.max()) == 2
    assert bool((~ended).any())
    of_ids = log_prob(model.generator, drawn.ids, drawn.mask)
    of_strings = model.log_prob(strings)
    short = lengths < 2
    torch.testing.assert_close(of_ids[short], of_strings[short].double())
    torch.testing.assert_close(of_ids[~ended], of_strings[~ended].double())


def test_samples_follow_the_probabilities(saved):
    model, _ = saved
    drawn = model.sample(4000, seed=0)
    for text in ("a", "b a"):
        expected = float(model.log_prob([text]).exp())
        assert drawn.count(text) / 4000 == pytest.approx(expected, abs=4 * (expected / 4000) ** 0.5)


def test_a_prefix_begins_every_string_and_zero_temperature_is_the_likeliest(saved):
    model, _ = saved
    assert all(text.startswith("b") for text in model.sample(50, prefix="b", seed=1))
    assert len(set(model.sample(50, temperature=0.0))) == 1


def test_without_a_seed_every_call_differs(saved):
    model, _ = saved
    assert model.sample(40) != model.sample(40)


@pytest.mark.parametrize(
    ("choice", "word"),
    [
        ({"temperature": -1.0}, "temperature"),
        ({"top_p": 0.0}, "top_p"),
        ({"top_k": -1}, "top_k"),
        ({"n": -1}, "n must"),
    ],
)
def test_impossible_choices_are_named(saved, choice, word):
    model, _ = saved
    with pytest.raises(ConfigError, match=word):
        model.sample(**{"n": 1, **choice})


def test_strings_that_do_not_fit_are_named(saved):
    model, _ = saved
    with pytest.raises(DataError, match="'c'"):
        model.log_prob(["a c"])
    with pytest.raises(DataError, match="String 2 has 3 tokens; at most 2 fit"):
        model.log_prob(["a a", "a a a"])
    with pytest.raises(DataError, match="prefix"):
        model.sample(1, prefix="a a a")


def test_damage_strangers_and_absence_are_named(saved, tmp_path):
    _, path = saved
    data = path.read_bytes()
    path.write_bytes(data[:-5])
    with pytest.raises(CheckpointError, match="damaged"):
        load_model(path)
    checkpoint.write(path, {}, {"something": "else"})
    with pytest.raises(CheckpointError, match="not a model file"):
        load_model(path)
    with pytest.raises(CheckpointError, match="no file"):
        load_model(tmp_path / "absent.safetensors")
    (tmp_path / "run").mkdir()
    with pytest.raises(CheckpointError, match="no model yet"):
        load_model(tmp_path / "run")


def test_a_file_whose_parts_do_not_fit_together_is_named(saved):
    path = saved[1]
    weights, facts = checkpoint.read(path)
    for change in ({"max_len": None, "vocab": {}}, {"generator": {"name": "lstm", "settings": {"hidden": "many"}}}):
        checkpoint.write(path, weights, {**facts, **change})
        with pytest.raises(CheckpointError, match="put together"):
            load_model(path)


def test_a_prefix_spelt_like_the_end_symbol_is_no_end(saved):
    model, _ = saved
    end = model.vocab.tokens[model.vocab.end]
    with pytest.raises(DataError, match="token"):
        model.vocab.encode([end])


@pytest.mark.parametrize("name", registry.names("generators"))
def test_every_generator_survives_its_file(tmp_path, name):
    model, settings = small(end=False, name=name)
    save_model(tmp_path / "m", model, name, settings)
    assert load_model(tmp_path / "m").sample(5, seed=1) == model.sample(5, seed=1)


def unsure(monkeypatch: pytest.MonkeyPatch, dense: bool) -> Model:
    """A model of words a, b and the unknown symbol; its head is linear, or its outputs are plain logits."""
    model, _ = small()
    vocab = Vocab.build(["a", "b"], unknown=True)
    plugin = registry.load("generators", "lstm")
    generator = plugin.create(plugin.Settings(embedding=4, hidden=4), len(vocab), 3)
    if dense:
        linear = generator.predict
        monkeypatch.setattr(generator, "predict", lambda state: Output.dense(linear(state).logits))
    return replace(model, generator=generator, vocab=vocab)


@pytest.mark.parametrize("dense", [False, True])
def test_the_unknown_symbol_is_drawn_only_where_it_is_allowed_and_the_others_share_its_probability(monkeypatch, dense):
    model, n = unsure(monkeypatch, dense), 4000
    drawn = model.sample(n, seed=0)
    assert not any("<unk>" in text for text in drawn)
    assert any("<unk>" in text for text in model.sample(n, seed=0, unknown=True))
    shares = model.generator.predict(model.generator.begin(1)).logits[0].detach().double().softmax(0)
    expected = float(shares[0] / (1 - shares[model.vocab.unknown]))
    assert sum(text.startswith("a") for text in drawn) / n == pytest.approx(expected, abs=4 * (expected / n) ** 0.5)
    assert bool(model.log_prob(["<unk>"]).isfinite().all())
    for choice in ({"temperature": 0.0}, {"top_k": 3}, {"top_p": 0.9}):
        assert not any("<unk>" in text for text in model.sample(200, seed=0, **choice))


def test_a_prefix_of_unknown_tokens_is_refused_by_name(monkeypatch):
    model = unsure(monkeypatch, False)
    assert all(text.startswith("b") for text in model.sample(5, prefix="b"))
    for prefix in ("b zebra", "zebra"):
        with pytest.raises(DataError, match=r"'zebra', which the model does not know\. Begin with"):
            model.sample(5, prefix=prefix, unknown=True)


@pytest.mark.parametrize("seed", [-1, 2**63, 10**23])
def test_a_seed_out_of_range_is_refused(saved, seed):
    with pytest.raises(ConfigError, match="seed must be from 0 to"):
        saved[0].sample(1, seed=seed)
    assert saved[0].sample(1, seed=2**63 - 1)


def test_a_text_is_no_model(tmp_path):
    path = tmp_path / "good.txt"
    path.write_text("a line of text\n")
    with pytest.raises(CheckpointError, match="is no run folder and no model file"):
        load_model(path)


def test_a_run_that_ends_while_its_model_is_read_is_read_again(saved, tmp_path, monkeypatch):
    """Between the choice of a file and its reading the run ends: the models of its end take that file's place."""
    _, path = saved
    so_far = path.rename(path.with_name("model-so-far.safetensors"))

    def ends_first(file):
        if so_far.exists():
            so_far.rename(path)
        return checkpoint.read(file)

    monkeypatch.setattr("seqgan.runs.model.read", ends_first)
    assert len(load_model(path.parent).sample(2, seed=1)) == 2
    so_far.unlink(missing_ok=True)
    with pytest.raises(CheckpointError, match="no file"):
        load_model(so_far)
