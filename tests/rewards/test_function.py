"""A user's function: what it is given, what it may answer, and what happens when it fails."""

from __future__ import annotations

import math
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from seqgan.errors import ConfigError, RewardError
from seqgan.functional.masks import mask_after_end
from seqgan.records import Samples
from seqgan.rewards import Parts, function

WORDS = ("a", "b", "<end>")
END = 2


class Desk:
    """A task that decodes with a table, and the reports that arrived."""

    def __init__(self):
        self.reports = []
        self.vocab = SimpleNamespace(end=END)

    def decode(self, ids, mask):
        rows = zip(ids.tolist(), mask.tolist(), strict=True)
        return [" ".join(WORDS[i] for i, counts in zip(*row, strict=True) if counts and i != END) for row in rows]

    def report(self, text, **values):
        self.reports.append((text, values))


def rows(*ids):
    tensor = torch.tensor(ids)
    return Samples(tensor, mask_after_end(tensor, END))


def make(tmp_path, code, desk, **settings):
    path = tmp_path / "mine.py"
    path.write_text(code, encoding="utf-8")
    chosen = function.Settings(target=f"{path}:score", **settings)
    return function.create(chosen, Parts(None, desk, desk.report))


ROWS = rows([0, 0, END], [0, END, 1], [1, 1, 0])


def test_strings_without_padding_and_end_arrive_in_one_batch(tmp_path):
    code = "def score(texts):\n    assert texts == ['a a', 'a', 'b b a'], texts\n    return [len(t) for t in texts]\n"
    assert make(tmp_path, code, Desk())(ROWS).tolist() == [3, 1, 5]


def test_a_row_that_never_ended_reaches_the_function_without_the_token_that_is_too_many(tmp_path):
    code = "def score(ids):\n    assert ids == [[0, 0], [0], [1, 1]], ids\n    return [sum(r) for r in ids]\n"
    desk = Desk()
    desk.max_tokens = 2
    assert make(tmp_path, code, desk, on="ids")(ROWS).tolist() == [0, 0, 2]


def test_ids_without_padding_and_end(tmp_path):
    code = "def score(ids):\n    assert ids == [[0, 0], [0], [1, 1, 0]], ids\n    return [sum(r) for r in ids]\n"
    assert make(tmp_path, code, Desk(), on="ids")(ROWS).tolist() == [0, 0, 2]


@pytest.mark.parametrize("answer", ["[1, 2, 3]", "(1.0, 2.0, 3.0)", "np.array([1, 2, 3])", "torch.tensor([1., 2, 3])"])
def test_any_list_of_numbers_is_an_answer(tmp_path, answer):
    reward = make(tmp_path, f"import numpy as np, torch\ndef score(texts):\n    return {answer}\n", Desk())(ROWS)
    assert reward.tolist() == [1, 2, 3]
    assert reward.dtype == torch.float32


@pytest.mark.parametrize("bad", ["float('nan')", "float('inf')", "None"])
def test_what_is_no_number_is_missing_and_reported_with_its_sequence(tmp_path, bad):
    desk = Desk()
    values = make(tmp_path, f"def score(texts):\n    return [1.0, {bad}, 3.0]\n", desk)(ROWS)
    assert math.isnan(values[1])
    assert values[[0, 2]].tolist() == [1, 3]
    ((text, numbers),) = desk.reports
    assert "'a'" in text
    assert numbers == {"unscored": 1, "of": 3}


def test_an_exception_costs_only_the_sequence_that_raised_it(tmp_path):
    desk = Desk()
    code = "def score(texts):\n    return [1 / (len(t) - 1) for t in texts]\n"
    values = make(tmp_path, code, desk)(ROWS)
    assert values[0] == 0.5
    assert values[2] == 0.25
    assert math.isnan(values[1])
    assert "ZeroDivisionError" in desk.reports[0][0]
    assert "'a'" in desk.reports[0][0]


def test_stop_ends_the_run_with_the_sequence_named(tmp_path):
    code = "def score(texts):\n    raise OSError('simulator is off')\n"
    with pytest.raises(RewardError, match=r"simulator is off for the sequence 'a a'"):
        make(tmp_path, code, Desk(), on_error="stop")(ROWS)


@pytest.mark.parametrize("answer", ["[1.0]", "1.0", "[[1.0], [2.0], [3.0]]"])
def test_an_answer_of_another_length_is_refused(tmp_path, answer):
    with pytest.raises(RewardError, match="for 3 sequences"):
        make(tmp_path, f"def score(texts):\n    return {answer}\n", Desk())(ROWS)


def test_a_number_too_large_for_what_is_learned_from_is_reported_and_no_infinity(tmp_path):
    desk = Desk()
    reward = make(tmp_path, "def score(texts):\n    return [1.0, 1e39, -1e39]\n", desk)
    assert reward(ROWS).isnan().tolist() == [False, True, True]
    assert "gave 1e+39" in desk.reports[0][0]
    assert np.isnan(reward.measure(ROWS)).tolist() == [False, True, True]


def test_two_files_of_one_name_stay_two_modules(tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.py").write_text(f"def score(texts):\n    return '{folder}'\n", encoding="utf-8")
    found = [function.find(f"{tmp_path / folder / 'mine.py'}:score") for folder in ("one", "two")]
    assert [sys.modules[each.__module__].score([]) for each in found] == ["one", "two"]


def test_a_module_function_is_found():
    assert function.find("math:prod") is math.prod


@pytest.mark.parametrize(
    ("target", "says"),
    [("math:nothing", "no function 'nothing'"), ("no.such.module:f", "No module"), ("none.py:f", "none.py")],
)
def test_a_missing_function_is_said_before_training(target, says):
    with pytest.raises(ConfigError, match=says):
        function.find(target)


def test_a_target_without_a_function_is_refused():
    with pytest.raises(ValidationError, match="target"):
        function.Settings(target="module")


def test_the_answer_is_copied_so_a_cached_array_is_safe(tmp_path):
    code = "import numpy as np\nKEPT = np.array([1.0, np.inf, 3.0])\ndef score(texts):\n    return KEPT\n"
    reward = make(tmp_path, code, Desk())
    reward(ROWS)
    assert np.isinf(reward.function.__globals__["KEPT"][1])


def test_a_users_file_may_define_dataclasses_and_be_named_like_a_library(tmp_path):
    code = "from __future__ import annotations\nfrom dataclasses import dataclass\n\n"
    code += "@dataclass\nclass Rule:\n    n: int\n\n"
    path = tmp_path / "math.py"
    path.write_text(code + "def score(texts):\n    return [Rule(2).n] * len(texts)\n", encoding="utf-8")
    assert function.find(f"{path}:score")(["a"]) == [2]
    assert math is sys.modules["math"]
