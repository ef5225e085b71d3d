"""The quiz: blinded, balanced, the same texts for all; and the score of the paper with an honest interval."""

from __future__ import annotations

from pathlib import Path

import pytest
from scipy import stats

from seqgan.bench.judge import REAL, Answers, Item, order, quiz, standings
from seqgan.errors import ConfigError, DataError


def files(folder: Path, **texts: list[str]) -> dict[str, Path]:
    """Write texts and return source -> file."""
    paths = {name: folder / f"{name}.txt" for name in texts}
    for name, path in paths.items():
        path.write_text("".join(f"{text}\n" for text in texts[name]), encoding="utf-8")
    return paths


def three(folder: Path) -> dict[str, Path]:
    return files(folder, **{name: [f"{name} text {i}" for i in range(30)] for name in (REAL, "mle", "seqgan")})


def test_every_source_has_as_many_texts_and_every_judge_the_same_ones_in_another_order(tmp_path: Path) -> None:
    items = quiz(three(tmp_path), 5, seed=1)
    assert [item.source for item in items].count("mle") == 5
    assert len(items) == 15
    ada, bob = order(items, "ada", 1), order(items, "bob", 1)
    assert set(ada) == set(bob) == set(items)
    assert ada != bob
    assert ada == order(items[::-1], "ada", 1)
    assert quiz(three(tmp_path), 5, seed=2) != items
    assert len({item.source for item in ada[:6]}) > 1  # mixed, not source by source


def test_nothing_that_is_shown_or_that_orders_tells_the_source(tmp_path: Path) -> None:
    for item in quiz(three(tmp_path), 5, seed=1):
        assert item.source not in item.key


def test_a_text_of_two_sources_is_left_out_and_repeats_count_once(tmp_path: Path) -> None:
    paths = files(tmp_path, real=["both", "a", "b"], mle=["both", "c", "c", "d", ""])
    assert {item.text for item in quiz(paths, 2, seed=1)} == {"a", "b", "c", "d"}
    with pytest.raises(DataError, match=r"mle\.txt has 2 different texts of its own; 3 are asked for"):
        quiz(files(tmp_path, real=["x", "y", "z", "both"], mle=["both", "c", "d"]), 3, seed=1)


def test_a_quiz_needs_both_kinds_and_readable_files(tmp_path: Path) -> None:
    paths = three(tmp_path)
    with pytest.raises(ConfigError, match="at least one system"):
        quiz({REAL: paths[REAL]}, 2, 1)
    with pytest.raises(DataError, match="cannot be read"):
        quiz({REAL: paths[REAL], "x": tmp_path / "none.txt"}, 2, 1)
    (tmp_path / "bad.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="not UTF-8"):
        quiz({REAL: paths[REAL], "x": tmp_path / "bad.txt"}, 2, 1)


def test_answers_are_kept_at_once_and_read_again(tmp_path: Path) -> None:
    path, item = tmp_path / "answers.jsonl", Item("k1", "mle", "text")
    Answers(path).add("ada", item, True, 1.26)
    with path.open("a") as file:
        file.write('{"judge": "ada", "item"')  # killed while writing
    again = Answers(path)
    assert again.of("ada") == {"k1"}
    assert again.of("bob") == set()
    again.add("ada", Item("k2", "real", "other"), False, 0.4)
    assert Answers(path).of("ada") == {"k1", "k2"}
    assert '"text"' not in path.read_text()


@pytest.mark.parametrize("text", ["[1]\n", '{"judge": "a"}\n', "no json\n"])
def test_another_file_is_not_taken_for_answers(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.jsonl").write_text(text)
    with pytest.raises(DataError, match=r"x\.jsonl"):
        Answers(tmp_path / "x.jsonl")


def rows(**shares: list[tuple[int, int]]) -> list[dict]:
    """Return answers: for each source, (judged real, asked) of every judge."""
    return [
        {"judge": f"j{judge}", "item": f"{source}{judge}-{i}", "source": source, "says_real": i < yes}
        for source, pairs in shares.items()
        for judge, (yes, asked) in enumerate(pairs)
        for i in range(asked)
    ]


def test_the_score_is_the_mean_over_judges_with_students_interval() -> None:
    found = {
        one.source: one for one in standings(rows(real=[(6, 10), (8, 10), (1, 2)], mle=[(2, 10), (5, 10), (1, 2)]))
    }
    means = [0.2, 0.5, 0.5]
    wanted = stats.t.interval(0.95, 2, stats.tmean(means), stats.sem(means))
    assert found["mle"].score == pytest.approx(0.4)
    assert found["mle"].interval == pytest.approx(wanted)
    assert (found["mle"].judges, found["mle"].answers) == (3, 22)
    assert found[REAL].p_value is None


def test_the_p_value_is_of_pairs_of_judges_and_corrected_for_several_systems() -> None:
    real, bad = [(9, 10)] * 8, [(1, 10)] * 8
    alone = {one.source: one for one in standings(rows(real=real, a=bad))}
    assert alone["a"].p_value == pytest.approx(2 / 2**8)
    both = {one.source: one for one in standings(rows(real=real, a=bad, b=bad))}
    assert both["a"].p_value == pytest.approx(2 * 2 / 2**8)
    same = {one.source: one for one in standings(rows(real=real, a=real))}
    assert same["a"].p_value == 1


def test_one_judge_is_compared_text_by_text() -> None:
    found = {one.source: one for one in standings(rows(real=[(19, 20)], mle=[(3, 20)]))}
    assert found["mle"].p_value is not None
    assert found["mle"].p_value < 0.01
    assert "one judge" in found["mle"].method
    assert found["mle"].interval is not None
    assert 0 <= found["mle"].interval[0] < 0.15 < found["mle"].interval[1] <= 1


def test_the_later_of_two_answers_counts_and_real_text_stands_first() -> None:
    twice = [
        {"judge": "a", "item": "1", "source": "mle", "says_real": False},
        {"judge": "a", "item": "1", "source": "mle", "says_real": True},
        {"judge": "a", "item": "2", "source": REAL, "says_real": False},
    ]
    assert [(one.source, one.score) for one in standings(twice)] == [(REAL, 0.0), ("mle", 1.0)]
    with pytest.raises(DataError, match="Nobody has answered"):
        standings([])
