"""The report: complete, self-contained, escaped, readable without eyes; on finished and unfinished runs."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from reports.journals import Event, ending, learning, write_run
from seqgan.errors import DataError, RunError
from seqgan.reports.report import duration, signed, stage_costs, write_report

SAMPLES = {
    "real": ["a dog sleeps", "two cats sit"],
    "mle_best": ["a dog dog"],
    "adversarial_last": ["a cat sits"],
    "adversarial_best": ["a dog sits"],
}
HOSTILE = '<script>alert(1)</script><img src=x onerror=y> & "quoted" {{ 7*7 }} \x1b[31m \u202eevil'
VOID = {"meta", "link", "br", "img", "hr", "input"}


class Page(HTMLParser):
    """Collects tags and checks that every one that opens also closes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def report(folder: Path, events: list[Event], samples: dict[str, list[str]] | None = None) -> tuple[str, Page]:
    path = write_report(write_run(folder / "run", events, samples))
    assert path == folder / "run" / "report.html"
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    assert not page.open
    return text, page


@pytest.fixture
def finished(tmp_path: Path) -> tuple[str, Page]:
    return report(tmp_path, learning() + ending(), SAMPLES)


def test_a_score_without_a_value_is_said_and_explained(tmp_path: Path, finished: tuple[str, Page]) -> None:
    events = ending()
    events[0]["rows"][0]["values"]["mle_best"] = None
    events[1]["checkpoints"]["mle_best"][0]["value"] = None
    text, page = report(tmp_path / "other", learning() + events, SAMPLES)
    assert text.count('<td class="n">not finite') == 2
    assert "for nll_oracle: every sample has" in " ".join(page.text)
    assert "not finite" not in finished[0]


def test_everything_the_run_came_to_is_there(finished: tuple[str, Page]) -> None:
    text, page = finished
    shown = " ".join(" ".join(page.text).split())
    for part in ("oracle_grammar", "seqgan", "seed 3", "finished", "It made <no> difference.", "123,456", "7,890"):
        assert part in shown
    for part in ("a dog sleeps", "a cat sits", "MLE, best on validation", "nll_oracle|hypotheses:50", "torch 2.6"):
        assert part in shown
    assert "\u22120.400" in text
    assert "better" in shown
    assert "no evidence" in shown


def test_the_pair_of_the_sampled_model_stands_first(finished: tuple[str, Page]) -> None:
    text, _ = finished
    assert text.index("MLE, last → Adversarial") < text.index("MLE, best on validation → Adversarial")


def test_nothing_runs_and_nothing_comes_from_elsewhere(finished: tuple[str, Page]) -> None:
    text, page = finished
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "iframe", "object", "embed", "link", "img", "base", "form"}
    loading = [
        (tag, key) for tag, attrs in page.tags for key in attrs if key in ("src", "href", "srcset", "xlink:href")
    ]
    assert not loading
    assert not re.search(r"https?://|@import|url\(", text)
    assert not [key for _, attrs in page.tags for key in attrs if key.startswith("on")]
    assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text


def test_samples_cannot_do_anything(tmp_path: Path) -> None:
    events = [*learning(), {"event": "warning", "phase": "adversarial", "step": 2, "text": HOSTILE}]
    text, page = report(tmp_path, events, {"real": [HOSTILE], "mle_last": ["", "x" * 5000]})
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "{{ 7*7 }}" in text
    assert "\x1b" not in text
    assert "(empty)" in text
    assert "x" * 601 not in text
    assert not [1 for tag, _ in page.tags if tag in ("script", "img")]


def test_names_in_the_journal_cannot_do_anything(tmp_path: Path) -> None:
    events = learning()
    events.append({"event": "<b>odd</b>", "phase": "<i>stage</i>", "step": 1, "<u>name</u>": 0.5})
    text, _ = report(tmp_path, events)
    assert not re.search(r"<(b|i|u)>", text)


def test_every_chart_has_words_and_a_table(finished: tuple[str, Page]) -> None:
    text, page = finished
    charts = [attrs for tag, attrs in page.tags if tag == "svg"]
    assert len(charts) >= 4
    identities = {attrs.get("id") for _, attrs in page.tags}
    for attrs in charts:
        assert attrs["role"] == "img"
        assert set((attrs["aria-labelledby"] or "").split()) <= identities
    assert (
        "NLL, validation: in the stage MLE from 4.000 to 1.333; in the stage adversarial from 1.400 to 1.400." in text
    )
    assert text.count(" as a table</summary>") == len(charts)
    assert text.count('class="stage"') >= len(charts)


def test_an_unfinished_run_shows_what_there_is(tmp_path: Path) -> None:
    text, _ = report(tmp_path, learning())
    assert "not finished" in text
    assert "Not known yet" in text
    assert "No samples have been written yet" in text
    assert "<svg" in text


def test_a_run_that_has_just_begun(tmp_path: Path) -> None:
    text, _ = report(tmp_path, [])
    assert "No number has been written yet" in text


def test_a_run_without_an_adversarial_stage_says_so(tmp_path: Path) -> None:
    events = [event for event in learning() if event["phase"] != "adversarial"] + ending()[1:]
    text, _ = report(tmp_path, events, {"real": ["a"], "mle_last": ["b"]})
    assert "no adversarial stage" in text
    assert "shaded band" not in text
    assert "Final scores" in text


def test_troubles_are_told_once_with_their_number(tmp_path: Path) -> None:
    events = learning()
    events += [{"event": "not_finite", "phase": "adversarial", "step": 2, "optimiser": "generator"}] * 3
    events += [{"event": "warning", "phase": "adversarial", "step": 2, "text": "The generator repeats itself."}]
    text, _ = report(tmp_path, events)
    assert "3 times" in text
    assert text.count("The generator repeats itself.") == 1


def test_a_line_that_a_killed_process_left_unfinished_is_skipped(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", learning())
    with (folder / "journal.jsonl").open("a") as journal:
        journal.write('{"event": "mle", "pha')
    assert "<svg" in write_report(folder).read_text(encoding="utf-8")


def test_settings_say_where_they_come_from(finished: tuple[str, Page]) -> None:
    text, _ = finished
    rows = dict(re.findall(r"<code>([\w.]+)</code></th><td><code>[^<]*</code></td><td>([^<]*)</td>", text))
    assert rows["algorithm.steps"] == "set"
    assert rows["run.evaluate_every"] == "default"


def test_recorded_origins_win(tmp_path: Path) -> None:
    events = learning()
    events[0]["origins"] = {"algorithm.steps": "command line"}
    text, _ = report(tmp_path, events)
    assert "<td>command line</td>" in text


def test_no_folder_and_no_journal_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no run folder"):
        write_report(tmp_path / "absent")
    with pytest.raises(DataError, match="no journal"):
        write_report(tmp_path)
    (tmp_path / "journal.jsonl").write_text("not json\n")
    with pytest.raises(DataError, match="damaged"):
        write_report(tmp_path)


def test_stage_costs_add_up_to_the_whole() -> None:
    events = [
        {"phase": p, "step": s, "seconds": t} for p, s, t in (("start", 0, 1), ("a", 1, 5), ("a", 2, 9), ("b", 1, 30))
    ]
    costs = stage_costs(events)
    assert [(cost["label"], cost["steps"], cost["seconds"]) for cost in costs] == [
        ("start", 0, 1),
        ("a", 2, 8),
        ("b", 1, 21),
    ]


def test_times_and_changes_read_well() -> None:
    assert [duration(s) for s in (2.34, 61, 7260)] == ["2.3 s", "1 min 1 s", "2 h 1 min"]
    assert [signed(v) for v in (0.5, -0.25, 0.0, None)] == ["+0.500", "\u22120.250", "±0.000", "\u2013"]


def test_a_run_on_an_own_file_is_called_after_the_file(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", learning())
    (folder / "config.toml").write_text('seed = 1\n\n[task]\nname = "file"\npath = "data/poems <old>.txt"\n')
    assert "<h1>poems &lt;old&gt;.txt" in write_report(folder).read_text(encoding="utf-8")
