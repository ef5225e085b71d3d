"""The short table: means over seeds, and every system beside the MLE sharpened to its diversity."""

from __future__ import annotations

from bench.grids import record, score, swept
from seqgan.bench.glance import glance
from seqgan.bench.page import section
from seqgan.bench.tables import Figure, Row, Sources, Table
from seqgan.results.record import Record

CURVE = ((0.5, 7.0, 9.0), (1.0, 9.0, 7.0))
LUCKIER = ((0.5, 7.0, 8.0), (1.0, 9.0, 6.0))


def both(oracle: float, test: float, unique: float = 1.0) -> list:
    return [score("nll_oracle", oracle), score("nll_gen", test), score("uniqueness", unique, "higher")]


def world() -> list[Record]:
    """The sharpened MLE lies at 8.0 where NLL_test is 8.0, and one nat lower in the curve that the GAN started from."""
    places = {"real": both(5.0, 0.0)[:1], "ngram": both(7.5, 8.0), "mle_best": both(9.0, 7.0)}
    mle = [record("x-mle", n, scores=places, temperatures=swept("mle_best", *CURVE)) for n in (1, 2)]
    stages = {"mle_best": both(9.0, 6.0), "adversarial_last": both(7.5, 8.0)}
    gan = [record("x-gan", n, scores=stages, temperatures=swept("mle_best", *LUCKIER)) for n in (1, 2)]
    same = {"mle_best": both(9.0, 7.0), "adversarial_last": both(7.5, 8.0, unique=0.2)}
    stopped = record("x-stopped", 1, status="unfinished")
    return [*mle, *gan, stopped, record("x-same", 1, scores=same, temperatures=swept("mle_best", *CURVE))]


ROWS = [
    Row(experiment="x-mle", label="Real", checkpoint="real"),
    Row(experiment="x-mle", label="Counted", checkpoint="ngram"),
    Row(experiment="x-mle", label="MLE"),
    Row(experiment="x-gan", label="GAN"),
    Row(experiment="x-same", label="Same"),
    Row(experiment="x-later", label="Later"),
    Row(experiment="x-stopped", label="Stopped"),
]
TABLE = Table(
    name="x", title="X", metrics=["nll_oracle"], quality="nll_oracle", diversity="nll_gen", control="x-mle", rows=ROWS
)
SOURCES = Sources(world(), {"x-later": [Figure(metric="nll_oracle", value=8.736, source="A paper")]}, {})


def cells(label: str) -> list[str]:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in glance(TABLE, SOURCES)[2:]]
    return next(row[1:] for row in rows if row[0] == label)


def test_a_line_has_both_metrics_and_what_lies_beside_them() -> None:
    assert glance(TABLE, SOURCES)[0].startswith("| system | nll_oracle, published | nll_oracle ↓ | nll_gen ↓ |")
    assert cells("MLE") == ["", "9.000", "7.000", "", "", "2"]
    assert cells("Real") == ["", "5.000", "", "", "", "2"]
    assert cells("Later") == ["8.736", "not run", "", "", "", "0"]
    assert cells("Stopped") == ["", "unfinished", "", "", "", "0"]


def test_a_system_stands_beside_the_tables_mle_and_its_own() -> None:
    found = cells("GAN")
    assert found[:2] == ["", "7.500"]
    assert found[3].startswith("+0.500 (")
    assert found[4].startswith("-0.500 (")


def test_what_repeats_itself_has_no_advantage_and_one_mle_is_not_compared_with_twice() -> None:
    assert cells("Same")[3:5] == ["repeats itself", "the same MLE"]


def test_seeds_that_repeat_themselves_or_lie_beyond_the_curve_are_in_no_mean() -> None:
    """Of four seeds one gains 0.5, one repeats itself, one gains 0.25, and one lies beyond the MLE's curve."""
    ends = [(7.5, 8.0, 1.0), (6.0, 8.0, 0.2), (7.75, 8.0, 1.0), (9.5, 6.5, 1.0)]
    gan = [
        record("x-gan", n, scores={"mle_best": both(9.0, 7.0), "adversarial_last": both(*end)})
        for n, end in enumerate(ends, 1)
    ]
    curve = swept("mle_best", *CURVE)
    mle = [record("x-mle", n, scores={"mle_best": both(9.0, 7.0)}, temperatures=curve) for n in (1, 2, 3, 4)]
    sources = Sources([*mle, *gan], {}, {})
    line = next(line for line in glance(TABLE, sources) if line.startswith("| GAN |"))
    assert "| +0.375 (" in line
    assert ", 2 of 4 seeds |" in line
    page = "\n".join(section(TABLE, sources, ""))
    assert "; repeats itself in seed 2;" in next(row for row in page.splitlines() if "seed 3: +0.250" in row)


def test_a_second_diversity_has_a_comparison_of_its_own() -> None:
    """At equal NLL_test better, at equal uniqueness, of which the GAN has most, worse."""
    curve = [
        point.model_copy(update={"scores": [*point.scores, score("uniqueness", unique, "higher")]})
        for point, unique in zip(swept("mle_best", *CURVE), (0.5, 1.0), strict=True)
    ]
    mle = record("x-mle", 1, scores={"mle_best": both(9.0, 7.0)}, temperatures=curve)
    gan = record("x-gan", 1, scores={"mle_best": both(9.0, 7.0), "adversarial_last": both(7.5, 8.0, 0.6)})
    page = "\n".join(section(TABLE.model_copy(update={"also": "uniqueness"}), Sources([mle, gan], {}, {}), ""))
    first, second = page.split("### Against the sharpened MLE")[1:3]
    assert "seed 1: +0.500" in first
    assert second.startswith(", at equal uniqueness")
    assert "seed 1: -0.100" in second


def test_a_counted_model_stands_beside_the_tables_mle_alone_and_nothing_is_claimed_of_it() -> None:
    assert cells("Counted")[3].startswith("+0.500 (")
    assert cells("Counted")[4] == ""
    page = "\n".join(section(TABLE, SOURCES, ""))
    lines = [line for line in page.splitlines() if line.startswith("| Counted |") and "+0.500" in line]
    assert len(lines) == 1
    assert lines[0].endswith("| a reference |")


def test_the_curve_of_the_tables_mle_is_named_after_it_and_not_after_what_stands_beside_it() -> None:
    page = "\n".join(section(TABLE, SOURCES, ""))
    temperatures = page.partition("<summary>Over temperatures</summary>\n\n|")[2].partition("\n\n</details>\n")[0]
    assert "| MLE | MLE, best on validation | 0.5 |" in temperatures
    assert "| Real |" not in temperatures


def test_there_is_no_short_table_without_a_plane() -> None:
    assert glance(TABLE.model_copy(update={"quality": "", "diversity": ""}), SOURCES) == []
    assert glance(TABLE, Sources([], {}, {})) == []


def test_one_seed_has_no_interval() -> None:
    alone = Sources([found for found in world() if found.seed == 1], {}, {})
    line = next(line for line in glance(TABLE, alone) if line.startswith("| GAN |"))
    assert "+0.500" in line
    assert "(" not in line
