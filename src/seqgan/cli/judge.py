"""Ask people: real or generated? A blinded quiz on the terminal, its answers kept, its score with an interval."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seqgan.cli._output import columns, note, one_line, say

if TYPE_CHECKING:
    from seqgan.bench.judge import Answers, Item, Standing

YES, NO, END = ("r", "real", "y"), ("g", "generated", "n"), ("q", "quit")


def command(
    real: Annotated[Path | None, typer.Option("--real", metavar="FILE", help="Real texts, one a line.")] = None,
    system: Annotated[
        list[str] | None,
        typer.Option("--system", metavar="NAME=FILE", help="A system's samples, one a line; may be repeated."),
    ] = None,
    answers: Annotated[Path, typer.Option("--answers", metavar="FILE", help="Where answers are kept.")] = Path(
        "answers.jsonl"
    ),
    judge: Annotated[str, typer.Option("--judge", metavar="NAME", help="Who answers.")] = "anonymous",
    n: Annotated[int, typer.Option("-n", min=1, help="Texts of every source.")] = 20,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Chooses the texts: the same for every judge.")] = 1,
    report: Annotated[bool, typer.Option("--report", help="Only say what came out so far.")] = False,
) -> None:
    """Show texts in mixed order and ask of each whether it is real; stop with q and go on later with the same words.

    Answers are read as lines, r (real) or g (generated), so they may also come through a pipe.

    Example: seqgan judge --real test.txt --system mle=mle.txt --system seqgan=seqgan.txt --judge ada
    """
    from seqgan.bench.judge import Answers, order, quiz, standings

    kept = Answers(answers)
    if not report:
        items = order(quiz(_files(real, system or []), n, seed), judge, seed)
        if not _ask(items, kept, judge):
            note(f"Stopped; {answers} keeps every answer. The same command goes on.")
            return
        note("That was all. What came out: the same command with --report")
        return
    for line in _table(standings(kept.rows)):
        say(line)


def _files(real: Path | None, systems: Sequence[str]) -> dict[str, Path]:
    """Return source -> file."""
    from seqgan.bench.judge import REAL
    from seqgan.errors import ConfigError

    found = {REAL: real} if real is not None else {}
    for text in systems:
        name, equals, path = text.partition("=")
        if not equals or not name.strip() or name in found:
            raise ConfigError(
                f"'{text}' names no system.", "Write --system NAME=FILE, every name once, none of them real."
            )
        found[name.strip()] = Path(path)
    return found


def _ask(items: Sequence[Item], kept: Answers, judge: str) -> bool:
    """Ask about every item that this judge has not answered; False where the judge stopped before the end."""
    done = kept.of(judge)
    note("Was it written by a person (r, real) or by a program (g, generated)? q stops.")
    for number, item in enumerate(items, 1):
        if item.key in done:
            continue
        note()
        note(f"{number} of {len(items)}:  {one_line(item.text)}")
        begun = time.monotonic()
        answer = _answer()
        if answer is None:
            return False
        kept.add(judge, item, answer, time.monotonic() - begun)
    return True


def _answer() -> bool | None:
    """Return whether the next line of the standard input says real; None where it ends or says quit."""
    while True:
        typer.echo("real or generated? ", nl=False, err=True)
        line = sys.stdin.readline()
        word = line.strip().lower()
        if not line or word in END:
            return None
        if word in (*YES, *NO):
            return word in YES
        note("Type r for real, g for generated, q to stop.")


def _table(found: Sequence[Standing]) -> list[str]:
    """Return the standings as aligned lines."""
    from seqgan.reports.tables import number

    rows = [("source", "judged real", "95 % interval", "judges", "answers", "p against real")]
    for one in found:
        interval = "" if one.interval is None else f"{number(one.interval[0])} to {number(one.interval[1])}"
        p_value = "" if one.p_value is None else f"{number(one.p_value)} ({one.method})"
        rows.append((one.source, number(one.score), interval, str(one.judges), str(one.answers), p_value))
    return columns(rows)
