"""The Python interface: what the commands do, as functions; ``import seqgan`` re-exports them.

Wherever a function takes ``data``, that is the name of a task (``seqgan.names("tasks")``), the path of an own file
of sequences, or the path of an experiment file that ends in ``.toml``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqgan import registry
from seqgan.config import PARTS, Experiment, parse_overrides, read_toml, resolve
from seqgan.errors import ConfigError, DataError, RunError, nearest

if TYPE_CHECKING:
    from torch import Tensor

    from seqgan.data.report import Report
    from seqgan.data.task import Task
    from seqgan.records import Samples, Score
    from seqgan.runs.model import Model

Settings = Mapping[str, Any] | Sequence[str]
"""Settings by name: ``{"generator.hidden": 64}``, ``{"generator": {"hidden": 64}}`` or ``["generator.hidden=64"]``."""

_FILE_SETTINGS = {"task": ("path", "valid_path", "test_path"), "reward": ("target",)}


def experiment(
    data: str | Path = "oracle_grammar",
    *,
    algorithm: str | None = None,
    seed: int | None = None,
    settings: Settings = (),
    origin: str = "argument",
) -> Experiment:
    """Return the resolved experiment: every setting checked, with its origin; nothing is read but a ``.toml`` file.

    Later sources win: defaults, the experiment file, ``algorithm`` and ``seed``, then ``settings``. ``origin`` names
    the caller in :attr:`Experiment.origins`. Raises ConfigError listing every fault together.
    """
    chosen: dict[str, Any] = {} if algorithm is None else {"algorithm": {"name": algorithm}}
    if seed is not None:
        chosen["seed"] = seed
    return resolve(_data_layer(data, origin), (origin, chosen), (origin, _absolute(_nested(settings), Path())))


def _data_layer(data: str | Path, origin: str) -> tuple[str, dict[str, Any]]:
    """Return what ``data`` says as a layer of settings: a task's name wins, then an experiment file, then a file."""
    text, path = str(data), Path(data).expanduser()
    if isinstance(data, str) and text in registry.names("tasks"):
        return origin, {"task": {"name": text}}
    if path.suffix == ".toml":
        return text, _absolute(read_toml(path), path.parent)
    if (path / "config.toml").is_file():
        raise ConfigError(f"{text} is a run folder.", f"To go on with it: seqgan resume {text}.")
    if path.is_dir():
        raise DataError(f"{text} is a folder.", "Give one file of sequences.")
    if path.exists():
        return origin, {"task": {"name": "file", "path": str(path.absolute())}}
    raise ConfigError(
        f"There is no task called '{text}' and no file of that name.", nearest(text, registry.names("tasks"))
    )


def _nested(settings: Settings) -> dict[str, Any]:
    """Return settings in any of their three forms as one nested dictionary."""
    if not isinstance(settings, Mapping):
        return parse_overrides([settings] if isinstance(settings, str) else list(settings))
    data: dict[str, Any] = {}
    for key, value in settings.items():
        section, _, name = key.partition(".")
        if not name and isinstance(value, Mapping):
            data.setdefault(section, {}).update(value)
        elif name:
            data.setdefault(section, {})[name] = value
        else:
            data[section] = value
    return data


def _absolute(data: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return settings whose paths are absolute, so that a run can be resumed from any folder."""
    changed = dict(data)
    for section, keys in _FILE_SETTINGS.items():
        values = data.get(section)
        if isinstance(values, Mapping):
            changed[section] = {
                key: _absolute_path(value, folder) if key in keys else value for key, value in values.items()
            }
    return changed


def _absolute_path(value: Any, folder: Path) -> Any:
    """Return a path seen from ``folder``, else from where we are, as absolute; ``file.py:function`` keeps its end."""
    if not isinstance(value, str):
        return value
    path, colon, function = value.partition(":") if ".py:" in value else (value, "", "")
    for place in (folder / Path(path).expanduser(), Path(path).expanduser()):
        if place.exists():
            return f"{place.absolute()}{colon}{function}"
    return value


def default_folder(experiment: Experiment, root: Path = Path("runs")) -> Path:
    """Return a folder that is not there yet: ``runs/<task>-<algorithm>-seed<seed>``, with -2, -3, ... if taken."""
    task = experiment.names["task"]
    if task == "file":
        task = Path(getattr(experiment.parts["task"], "path", task)).stem or task
    base = f"{task}-{experiment.names['algorithm']}-seed{experiment.seed}"
    names = (base if number == 1 else f"{base}-{number}" for number in count(1))
    return next(root / name for name in names if not (root / name).exists())


def check_folder(out: Path) -> None:
    """Raise RunError where ``out`` already holds a run or anything else."""
    if (out / "config.toml").is_file():
        raise RunError(f"{out} already holds a run.", f"To go on with it: seqgan resume {out}. Or choose another folder.")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise RunError(f"{out} exists already and is no run.", "Choose another folder.")
