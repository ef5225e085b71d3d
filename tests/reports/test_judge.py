"""Judging systems side by side: reference rows, seeds, tests, what may be compared, records and table."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

import seqgan
from seqgan.errors import ConfigError, DataError
from seqgan.metrics import bleu, novelty, self_bleu
from seqgan.reports.evaluate import compare
from seqgan.reports.judge import Options, judge
from seqgan.reports.judgement import Judgement
from seqgan.stats.paired import paired_permutation_test, permutation_test
from seqgan.stats.seeds import over_seeds

WORDS = "a the cat dog car sits runs on in red big mat road".split()


def text(seed: int, rows: int = 40, words: int = len(WORDS)) -> list[str]:
    draws = random.Random(seed)
    return [" ".join(draws.choices(WORDS[:words], k=draws.randint(5, 9))) for _ in range(rows)]


REFERENCES, TRAIN = text(1, 60), text(2, 70)


def judged(systems: dict[str, Any], references: Any = REFERENCES, train: Any = None, **options: Any) -> Judgement:
    return judge(systems, references, train, Options(**{"metrics": "bleu,self_bleu", "quiet": True, **options}))


def value(judgement: Judgement, system: str, metric: str) -> float:
    return next(each for each in judgement.systems if each.name == system).value(metric)


def test_reference_rows_stand_beside_the_samples() -> None:
    found = judged({"mine": text(3)}, train=TRAIN, metrics="bleu,self_bleu,novelty")
    assert [each.name for each in found.systems] == ["mine", "real text", "training copy", "4-gram model"]
    assert {file.n for system in found.systems for file in system.files} == {40}
    real, copy, ngram = found.systems[1:]
    assert "bleu_2" not in real.metrics()
    assert copy.value("novelty") == 0
    assert 0 < ngram.value("bleu_4") < 1
    rows = [row for row in TRAIN if row in set(TRAIN)]
    whole = judged({"mine": text(3, 70)}, train=TRAIN)
    assert value(whole, "training copy", "bleu_3") == pytest.approx(bleu.bleu(rows, REFERENCES)["bleu_3"])
    assert value(whole, "real text", "self_bleu_2") == pytest.approx(self_bleu.self_bleu(REFERENCES)["self_bleu_2"])


def test_without_training_text_its_rows_are_missed_aloud_and_all_can_be_switched_off() -> None:
    assert "need --train" in str(judged({"mine": text(3)}))
    assert len(judged({"mine": text(3)}, train=TRAIN, reference_rows=False).systems) == 1


def test_reference_rows_are_the_same_for_the_same_seed() -> None:
    one, two, other = (judged({"mine": text(3)}, train=TRAIN, seed=seed).records() for seed in (1, 1, 2))
    assert one == two
    assert one != other


def test_samples_come_first_in_the_records_and_say_where_they_are_from() -> None:
    records = judged({"mine": text(3)}, train=TRAIN).records()
    first = next(record for record in records if record["name"] == "bleu_2")
    assert first["value"] == pytest.approx(bleu.bleu(text(3), REFERENCES)["bleu_2"])
    assert (first["role"], first["system"], first["file"]) == ("sample", "mine", "mine")
    assert first.keys() >= {"signature", "direction", "unit", "n", "interval"}
    assert {record["system"] for record in records if record["role"] == "reference"} == {
        "real text",
        "training copy",
        "4-gram model",
    }


def test_a_clear_difference_is_marked_and_none_is_not() -> None:
    found = judged({"one": text(3), "like": text(4), "poor": text(5, words=2)})
    marks = {(test.system, test.metric): test for test in found.differences}
    assert not marks["like", "bleu_2"].clear
    assert marks["poor", "bleu_2"].clear
    assert ("poor", "self_bleu_2") not in marks
    values = [
        bleu.per_sentence(text(seed, words=words), REFERENCES)[:, 0] for seed, words in ((3, 13), (5, 2), (4, 13))
    ]
    raw = permutation_test(values[0], values[1], seed=1)
    assert marks["poor", "bleu_2"].difference == pytest.approx(raw.difference)
    assert marks["poor", "bleu_2"].p_value == pytest.approx(2 * raw.p_value)  # Holm: the smaller of two
    line = next(line for line in str(found).splitlines() if line.startswith("bleu_2"))
    assert line.count("*") == 1
    record = next(r for r in found.records() if r["system"] == "poor" and r["name"] == "bleu_2")
    assert record["against"] == "one"
    assert record["p_value"] < 0.05


def test_rows_that_belong_together_are_tested_in_pairs() -> None:
    found = judged({"one": text(3), "other": text(4)}, paired=True)
    values = [bleu.per_sentence(text(seed), REFERENCES)[:, 0] for seed in (3, 4)]
    test = next(test for test in found.differences if test.metric == "bleu_2")
    assert test.p_value == paired_permutation_test(*values, seed=1).p_value
    assert test.method.startswith("paired")


def test_another_number_of_rows_is_not_compared_where_it_matters() -> None:
    found = judged({"one": text(3), "few": text(4, 20)})
    assert {test.metric for test in found.differences} == {"bleu_2", "bleu_3", "bleu_4", "bleu_5"}
    lines = str(found).splitlines()
    assert "(" in next(line for line in lines if line.startswith("self_bleu_2"))
    assert "(" not in next(line for line in lines if line.startswith("bleu_2"))
    assert any("not comparable with one" in line for line in lines)
    assert not any("not comparable" in line for line in str(judged({"one": text(3), "two": text(4)})).splitlines())


def test_a_part_of_the_rows_that_was_judged_is_compared_with_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seqgan.metrics.nearest_train._LEAST", 30)
    monkeypatch.setattr("seqgan.metrics.nearest_train._WORK", 1.0)
    found = judged({"one": text(3), "few": text(4, 20)}, train=TRAIN, metrics="nearest_train")
    assert [system.score("nearest_train_distance").n for system in found.systems[:2]] == [30, 20]
    assert [test.metric for test in found.differences] == ["nearest_train_distance"]
    assert "not comparable" not in str(found)


def test_self_bleu_grows_with_the_number_of_rows() -> None:
    values = [judged({"one": text(3, n)}).systems[0].value("self_bleu_2") for n in (20, 60, 200)]
    assert values == sorted(values)
    assert "grows with the number of rows" in str(judged({"one": text(3)}))


def test_several_files_are_the_seeds_of_one_system() -> None:
    seeds = (text(3), text(4), text(5), text(6))
    found = judged({"mine": seeds, "poor": tuple(text(seed, words=3) for seed in (7, 8, 9, 10))})
    expected = over_seeds([bleu.bleu(rows, REFERENCES)["bleu_2"] for rows in seeds])
    mean = next(r for r in found.records() if r["role"] == "mean" and r["name"] == "bleu_2")
    assert (mean["value"], mean["sd"], mean["seeds"]) == (pytest.approx(expected.mean), pytest.approx(expected.sd), 4)
    assert mean["interval"] == pytest.approx(expected.interval)
    assert len([r for r in found.records() if r["role"] == "sample" and r["name"] == "bleu_2"]) == 8
    tests = {test.metric: test for test in found.differences}
    assert tests["self_bleu_2"].p_value == pytest.approx(2 / 70)
    assert tests["self_bleu_2"].clear


def test_too_few_seeds_to_find_anything_are_told() -> None:
    two = {"mine": (text(3), text(4)), "poor": (text(5, words=3), text(6, words=3))}
    assert "no p below 0.33" in str(judged(two))
    assert "needs one file, or each several" in str(judged({"mine": (text(3), text(4)), "poor": text(5)}))


def test_seeds_of_unlike_number_are_told() -> None:
    assert any("differ in number of rows" in note for note in judged({"mine": (text(3), text(4, 20))}).notes)
    assert any("hold the same rows" in note for note in judged({"mine": (text(3), text(3))}).notes)


def test_the_table_is_plain_lines_without_colours_or_trailing_blanks() -> None:
    table = str(judged({"mine": text(3)}, train=TRAIN))
    assert table.isprintable() or set(table) - {"\n"} == {c for c in table if c.isprintable()}
    assert all(line == line.rstrip() for line in table.splitlines())
    assert max(map(len, table.splitlines())) < 140
    assert "60 rows, hash " in table


def test_more_than_two_systems_leave_their_intervals_to_the_records() -> None:
    names = {name: text(seed) for seed, name in enumerate("abc")}
    assert "[0." not in str(judged(names))
    assert "[0." in str(judged({"a": text(3)}))


def test_signatures_are_listed_once() -> None:
    found = judged({"one": text(3), "two": text(4)}, metrics="bleu").signatures()
    assert len(found) == 4
    assert all("references:60:" in line for line in found)


def test_nothing_to_judge_is_told() -> None:
    with pytest.raises(ConfigError, match="nothing to judge"):
        judged({})
    with pytest.raises(DataError, match="no samples"):
        judged({"mine": []})


def test_the_public_functions_do_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("\n".join([*text(3), ""]), encoding="utf-8")
    found = seqgan.compare({"mine": path}, REFERENCES, TRAIN, "bleu,novelty")
    assert found.systems[0].value("novelty") == novelty.novelty(text(3), TRAIN)
    scores = seqgan.evaluate(path, REFERENCES, TRAIN, metrics="bleu")
    assert [score.name for score in scores] == ["bleu_2", "bleu_3", "bleu_4", "bleu_5"]
    assert scores[0].as_dict() == {k: v for k, v in found.records()[0].items() if k in scores[0].as_dict()}
    assert "per_row" not in scores[0].as_dict()
    assert str(compare({"mine": [*text(3), ""]}, REFERENCES)).startswith("references: ")
    assert "one is blank" in capsys.readouterr().err
