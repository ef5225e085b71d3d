"""Score samples of any model: files, strings or tokens in, scores with signatures out; no task, no torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seqgan.progress import Progress
from seqgan.records import Score
from seqgan.reports.judge import Options, judge
from seqgan.reports.judgement import Judgement


def score(samples: Any, references: Any = None, train: Any = None, metrics: Any = None, **options: Any) -> list[Score]:
    """Return the scores of any model's ``samples`` against held-out ``references``, each with its signature.

    Samples, references and ``train`` are paths, lists of strings, lists of token lists or integers (B, T). Strings
    become lower-cased words, as in the published tables, unless ``tokenizer`` or ``lower`` says otherwise; token lists
    are taken as they are. ``metrics`` are names (``seqgan.names("metrics")``) or ``"all"``; by default the usual ones,
    as far as ``references``, ``train`` (novelty) and ``check`` (validity: a name or a function of token rows) are
    given. More ``options``: ``definition`` (texygen, legacy, strict), ``n`` (the first n samples), ``column`` and
    ``field`` (of tables and JSON lines), ``quiet`` (else what is odd is said on the standard error).

    Raises DataError where there is nothing to score or a named metric lacks what it needs, ConfigError for an unknown
    metric, tokeniser or definition.
    """
    chosen = Options(metrics=metrics, reference_rows=False, **options)
    judgement = judge({"samples": (samples,)}, references, train, chosen)
    _say(judgement, chosen)
    return list(judgement.systems[0].files[0].scores.values())


def compare(
    systems: Mapping[str, Any], references: Any, train: Any = None, metrics: Any = None, **options: Any
) -> Judgement:
    """Return the scores of several systems beside reference rows, with tests between them.

    ``systems`` are names with what :func:`score` takes; a tuple of files or lists holds the seeds of one system.
    ``Judgement.records()`` is the result as plain data, ``print(judgement)`` the table. Other arguments and errors as
    for :func:`score`; ``paired=True`` says that row i (or seed i) of all systems belong together.
    """
    chosen = Options(metrics=metrics, **options)
    judgement = judge(systems, references, train, chosen)
    _say(judgement, chosen)
    return judgement


def _say(judgement: Judgement, options: Options) -> None:
    progress = Progress(options.quiet)
    for note in judgement.notes:
        progress.say(f"note: {note}")
