"""The Python interface: what the commands do, as functions; ``import seqgan`` re-exports them.

Wherever a function takes ``data``, that is the name of a task (``seqgan.names("tasks")``), the path of an own file
of sequences, or the path of an experiment file that ends in ``.toml``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqgan import registry
from seqgan.config import PARTS, Experiment, parse_overrides, read_toml, resolve
from seqgan.errors import ConfigError, DataError, RunError
from seqgan.progress import Bar, Progress

if TYPE_CHECKING:
    from seqgan.data.cost import Cost
    from seqgan.data.report import Report
    from seqgan.data.task import Task
    from seqgan.records import Score
    from seqgan.reports.sweep import Sweep
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
    base = _without_strangers(_data_layer(data, origin), algorithm)
    return resolve(base, (origin, chosen), (origin, _absolute(_nested(settings), Path())))


def _data_layer(data: str | Path, origin: str) -> tuple[str, dict[str, Any]]:
    """Return what ``data`` says as a layer of settings: a task's name wins, then an experiment file, then a file."""
    text, path = str(data), Path(data).expanduser()
    if isinstance(data, str) and text in registry.names("tasks"):
        return origin, {"task": {"name": text}}
    if path.suffix == ".toml":
        return text, _absolute(read_toml(path), path.parent)
    if (path / "config.toml").is_file():
        raise RunError(f"{text} is a run folder.", f"To go on with it: seqgan resume {text}.")
    if path.is_dir():
        raise DataError(f"{text} is a folder.", "Give one file of sequences.")
    if path.exists():
        return origin, {"task": {"name": "file", "path": str(path.absolute())}}
    raise ConfigError(f"There is no task called '{text}' and no file of that name.", _nearest_data(text, path))


def _nearest_data(text: str, path: Path) -> str:
    """Return a sentence that names the nearest task or file."""
    tasks = registry.names("tasks")
    files = [str(path.parent / found.name) for found in path.parent.iterdir()] if path.parent.is_dir() else []
    close = get_close_matches(text, [*tasks, *files], n=1)
    return f"Did you mean '{close[0]}'?" if close else f"Tasks: {', '.join(tasks)}. Otherwise check the path."


def _without_strangers(layer: tuple[str, dict[str, Any]], algorithm: str | None) -> tuple[str, dict[str, Any]]:
    """Return an experiment file's layer without what belongs to its own algorithm, where another one is asked for.

    So ``--algorithm mle`` on a file written for seqgan gives the same model trained by likelihood alone.
    """
    origin, data = layer
    own = data.get("algorithm", {})
    if algorithm is None or not isinstance(own, Mapping) or own.get("name", "seqgan") == algorithm:
        return layer
    used = {"seed", "run", "task", *registry.load("algorithms", algorithm).PARTS}
    return origin, {key: value for key, value in data.items() if key in used or key not in PARTS}


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
    """Return settings whose paths are absolute, at any depth, so that a run can be resumed from any folder."""
    return {section: _inside(values, _FILE_SETTINGS.get(section, ()), folder) for section, values in data.items()}


def _inside(values: Any, keys: Sequence[str], folder: Path) -> Any:
    if not isinstance(values, Mapping):
        return values
    made = {key: _inside(value, keys, folder) for key, value in values.items()}
    return made | {key: _absolute_path(values[key], folder) for key in keys if key in values}


def _absolute_path(value: Any, folder: Path) -> Any:
    """Return a path seen from ``folder``, else from where we are, as absolute; ``file.py:function`` keeps its end."""
    if not isinstance(value, str) or not value:
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


def experiment_of(named: str | Path, **options: Any) -> Experiment:
    """Return the experiment of a run folder, or of anything that :func:`experiment` takes, with its options."""
    path = Path(named) / "config.toml"
    return experiment(path if path.is_file() else named, **options)


def settings_of(named: str | Path, **options: Any) -> list[tuple[str, Any, str]]:
    """Return (setting, value, origin) for every setting of a run, or of anything that :func:`experiment` takes.

    A run recorded the origins when it was started; ``options`` are those of :func:`experiment`.
    """
    found = experiment_of(named, **options)
    recorded = _recorded_origins(Path(named))
    data = found.as_dict()
    rows = []
    for key, origin in found.origins.items():
        section, _, name = key.partition(".")
        value = data[section].get(name) if name else data[section]
        rows.append((key, value, recorded.get(key, origin) if origin.endswith("config.toml") else origin))
    return rows


def _recorded_origins(run: Path) -> dict[str, str]:
    from seqgan.runs.folder import RunFolder

    recorded = RunFolder(run).read_environment().get("origins")
    return recorded if isinstance(recorded, dict) else {}


def train(
    data: str | Path | Experiment = "oracle_grammar",
    *,
    algorithm: str | None = None,
    seed: int | None = None,
    settings: Settings = (),
    out: str | Path | None = None,
    quiet: bool = False,
    announce: Callable[..., None] | None = None,
) -> Path:
    """Train on ``data`` and return the run folder, which :func:`load`, :func:`report` and :func:`resume` take.

    ``out`` is the run folder to make, by default ``runs/<task>-<algorithm>-seed<seed>``. Progress goes to the
    standard error unless ``quiet``; ``announce`` is called with the built parts before anything is written.
    Raises ConfigError and DataError before anything is written; a first Ctrl-C
    saves the run and raises an error that names the way to go on.
    """
    from seqgan.runs.train import train as start

    chosen = (
        data if isinstance(data, Experiment) else experiment(data, algorithm=algorithm, seed=seed, settings=settings)
    )
    return start(chosen, Path(out) if out is not None else default_folder(chosen), Progress(quiet), announce)


def resume(run: str | Path, *, quiet: bool = False) -> Path:
    """Go on with an interrupted run exactly where its last checkpoint stands, and return the run folder.

    Raises RunError where there is no run or another process writes it.
    """
    from seqgan.runs.train import resume as go_on

    return go_on(Path(run), Progress(quiet))


def load(path: str | Path) -> Model:
    """Return the model of a run folder (one that still trains: at its last checkpoint) or a ``model.safetensors`` file.

    Nothing else is needed to sample it. Raises CheckpointError where the file is damaged.
    """
    from seqgan.runs.model import load_model

    return load_model(Path(path))


def sample(path: str | Path, n: int = 10, **options: Any) -> list[str]:
    """Return ``n`` strings drawn from the model of a run folder or model file; options as in ``Model.sample``."""
    return load(path).sample(n, **options)


def task(data: str | Path = "oracle_grammar", *, settings: Settings = (), seed: int = 1) -> Task:
    """Return a task: its sequences as ids, its vocabulary, and exact log-probabilities where an oracle knows them.

    ``settings`` are those of the section ``task``, for example ``{"max_len": 30}``. Raises DataError where a file
    is missing or unusable; nothing is downloaded.
    """
    return load_task(experiment(data, seed=seed, settings=_task_settings(settings)))


def load_task(experiment: Experiment, *, mirror: str | Path | None = None, quiet: bool = False) -> Task:
    """Return the task of a resolved experiment, its files taken from ``mirror`` (default: SEQGAN_MIRROR) or cache."""
    from seqgan.data.source import Source

    plugin = registry.load("tasks", experiment.names["task"])
    loaded: Task = plugin.load(experiment.parts["task"], experiment.seed, Source.default(mirror, Progress(quiet)))
    return loaded


def fetch(name: str, *, mirror: str | Path | None = None, quiet: bool = False) -> list[Path]:
    """Download the files of a task (from ``mirror`` where it has them), verify them and return where they are.

    Raises DataError where a file cannot be had or is not the genuine one; such a file is not kept.
    """
    from seqgan.data.source import Source
    from seqgan.data.source import fetch as bring

    files = getattr(registry.load("tasks", name), "FILES", ())
    progress = Progress(quiet)
    try:
        return bring(files, Source.default(mirror, progress), _download_bar(progress))
    finally:
        progress.close()


def _download_bar(progress: Progress) -> Callable[[str, int, int], None]:
    """Return a function that shows how many kilobytes of each file have come."""
    bars: dict[str, Bar] = {}

    def show(name: str, done: int, total: int) -> None:
        if name not in bars:
            bars[name] = progress.bar(f"downloading {name}, KB", total // 1000)
        bars[name].update(done // 1000)

    return show


def report(run: str | Path) -> Path:
    """Write ``report.html`` into a run folder and return its path; an unfinished run shows what there is.

    Raises RunError where there is no run.
    """
    from seqgan.reports.report import write_report

    return write_report(Path(run))


def evaluate(samples: Any, references: Any = None, train: Any = None, **options: Any) -> list[Score]:
    """Return the scores of samples against held-out ``references``, or of a trained model, each with its signature.

    ``samples`` are a path or rows, with ``references`` and ``options`` as in :func:`seqgan.score`. A run folder or
    model file alone is drawn from instead: ``n`` strings (2000) of ``seed`` (1) against the ``split`` (test) of its
    task, by the task's ``metrics`` or others; ``data`` names the task of a model file outside its run folder. Raises
    DataError where the model belongs to other data or there is nothing to score, ConfigError for an unknown name.
    """
    if references is None and is_model(samples):
        return _evaluate_model(samples, **options)
    from seqgan.reports.evaluate import score

    return score(samples, references, train, **options)


def is_model(data: Any) -> bool:
    """Return whether ``data`` names a run folder or a model file, not a file of samples."""
    return isinstance(data, str | Path) and (Path(data).suffix == ".safetensors" or not Path(data).is_file())


def _evaluate_model(
    path: str | Path,
    n: int = 2000,
    split: str = "test",
    data: str | Path | None = None,
    seed: int = 1,
    quiet: bool = False,
    metrics: str | Sequence[str] | None = None,
    definition: str | None = None,
) -> list[Score]:
    from seqgan.rng import stream
    from seqgan.runs.evaluation import Evaluator, measuring

    if split not in ("valid", "test"):
        raise ConfigError(f"There is no split called '{split}'.", "Allowed: test, valid.")
    model = load(path)
    if so_far := model.so_far:
        Progress(quiet).say(f"note: {so_far}")
    own = load_task(_experiment_of_model(Path(path), data), quiet=quiet)
    if own.vocab.digest != model.vocab.digest:
        raise DataError(f"The model {path} has another vocabulary than '{own.name}'.", "Name the data it learned from.")
    evaluator = Evaluator(measuring(own, metrics, definition), model.generator.device)
    samples = evaluator.draw(model.generator, n, stream(seed, "evaluate", device=model.generator.device))
    found = evaluator.measure(model.generator, samples, split)
    if found.missing and metrics not in (None, "all") and list(metrics) != ["all"]:
        name, needs = next(iter(found.missing.items()))
        raise DataError(f"The metric '{name}' lacks: {needs}.", f"The task '{own.name}' has none; leave it out.")
    return list(found.scores.values())


def sweep(
    runs: str | Path | Sequence[str | Path],
    *,
    data: str | Path | None = None,
    mle: bool = True,
    out: str | Path | None = None,
    quiet: bool = False,
    **grid: Any,
) -> Sweep:
    """Measure models over sampling temperatures, quality beside diversity, with figure, table and comparison in files.

    ``runs`` are run folders or model files; with ``mle`` a run folder's maximum-likelihood checkpoint is swept too.
    ``grid`` takes ``temperatures``, ``top_p``, ``n``, ``seed`` and ``split``. ``out`` is by default ``sweep`` beside
    the first model; what is there already is not measured again. Raises ConfigError for a value out of range.
    """
    from seqgan.reports.sweep import sweep as measure
    from seqgan.reports.sweep_points import Grid

    paths = [Path(run) for run in ([runs] if isinstance(runs, str | Path) else runs)]
    folder, progress = None if out is None else Path(out), Progress(quiet)

    def task_of(run: Path) -> Task:
        return load_task(_experiment_of_model(run, data), quiet=quiet)

    return measure(paths, Grid(**grid), task_of, mle=mle, out=folder, progress=progress)


def _experiment_of_model(path: Path, data: str | Path | None) -> Experiment:
    """Return the experiment with a model's task: that of ``data``, else that of the run folder it lies in."""
    folder = path if path.is_dir() else path.parent
    if data is not None:
        return experiment_of(data)
    if not (folder / "config.toml").is_file():
        raise ConfigError(f"{path} lies in no run folder, so its task is unknown.", "Name the task with --task.")
    return experiment_of(folder)


def data_report(data: str | Path, *, settings: Settings = (), quiet: bool = False) -> Report:
    """Return what is worth knowing about an own file before any training, as plain data.

    ``settings`` are those of the section ``task``, for example ``{"tokenizer": "char"}``. Raises DataError naming the
    line and the remedy where the file cannot be used, ConfigError for a task that is no file.
    """
    return report_of(experiment(data, settings=_task_settings(settings)), quiet=quiet)


def report_of(experiment: Experiment, *, quiet: bool = False) -> Report:
    """Return the report of the file that a resolved experiment names; see :func:`data_report`."""
    from seqgan.data.files import FileSettings
    from seqgan.data.report import report as read

    settings = experiment.parts["task"]
    if not isinstance(settings, FileSettings):
        raise ConfigError(f"'{experiment.names['task']}' is no file of your own.", "Name a file of sequences.")
    found, task = read(settings, Progress(quiet))
    return replace(found, cost=_cost(experiment, task))


def _cost(experiment: Experiment, task: Task) -> Cost:
    """Return what training will cost by a trial of the experiment's own networks."""
    from seqgan.bench.estimate import estimate
    from seqgan.data.cost import cost
    from seqgan.runs import build, environment

    with environment.threads(experiment.run.threads):
        built = build.build(experiment, task, environment.choose_device(experiment.run.device))
        return cost(experiment, task, built.networks.values(), estimate(experiment, built))


def _task_settings(settings: Settings) -> dict[str, Any]:
    """Return settings given for a task alone as settings of an experiment."""
    if not isinstance(settings, Mapping):
        return _nested(settings)
    named = {key: value for key, value in settings.items() if key.partition(".")[0] == "task"}
    return _nested({**named, "task": {key: value for key, value in settings.items() if key not in named}})
