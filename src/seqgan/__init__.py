"""Train generators of discrete sequences against a discriminator, measure them honestly, sample real strings.

``seqgan.train("captions.txt")`` trains and returns the run folder, ``seqgan.load(run).sample(5)`` gives strings.
Every public name is imported when it is first used, so ``import seqgan`` alone costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seqgan.api import data_report as data_report
    from seqgan.api import evaluate as evaluate
    from seqgan.api import experiment as experiment
    from seqgan.api import fetch as fetch
    from seqgan.api import load as load
    from seqgan.api import report as report
    from seqgan.api import resume as resume
    from seqgan.api import sample as sample
    from seqgan.api import sweep as sweep
    from seqgan.api import task as task
    from seqgan.api import train as train
    from seqgan.config import Experiment as Experiment
    from seqgan.data.task import Task as Task
    from seqgan.data.vocab import Vocab as Vocab
    from seqgan.errors import ConfigError as ConfigError
    from seqgan.errors import DataError as DataError
    from seqgan.errors import SeqganError as SeqganError
    from seqgan.records import References as References
    from seqgan.records import Samples as Samples
    from seqgan.records import Score as Score
    from seqgan.registry import names as names
    from seqgan.reports.evaluate import compare as compare
    from seqgan.reports.evaluate import score as score
    from seqgan.runs.model import Model as Model

__version__ = "0.1.0"

_WHERE = {
    **dict.fromkeys(
        (
            "data_report",
            "evaluate",
            "experiment",
            "fetch",
            "load",
            "report",
            "resume",
            "sample",
            "sweep",
            "task",
            "train",
        ),
        "seqgan.api",
    ),
    "Experiment": "seqgan.config",
    "Task": "seqgan.data.task",
    "Vocab": "seqgan.data.vocab",
    "ConfigError": "seqgan.errors",
    "DataError": "seqgan.errors",
    "SeqganError": "seqgan.errors",
    "References": "seqgan.records",
    "Samples": "seqgan.records",
    "Score": "seqgan.records",
    "names": "seqgan.registry",
    "compare": "seqgan.reports.evaluate",
    "score": "seqgan.reports.evaluate",
    "Model": "seqgan.runs.model",
}

__all__ = [
    "ConfigError",
    "DataError",
    "Experiment",
    "Model",
    "References",
    "Samples",
    "Score",
    "SeqganError",
    "Task",
    "Vocab",
    "__version__",
    "compare",
    "data_report",
    "evaluate",
    "experiment",
    "fetch",
    "load",
    "names",
    "report",
    "resume",
    "sample",
    "score",
    "sweep",
    "task",
    "train",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name not in _WHERE:
        raise AttributeError(f"module 'seqgan' has no attribute '{name}'")
    value = getattr(import_module(_WHERE[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted({*globals(), *__all__})
