"""The final checkpoints of a run sampled at several temperatures: the curve that every comparison needs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from seqgan.config import Experiment
from seqgan.functional.sampling import Choice
from seqgan.progress import Progress
from seqgan.results.record import RecordedScore, Swept
from seqgan.rng import stream
from seqgan.runs.environment import choose_device
from seqgan.runs.evaluation import Evaluator, log_prob
from seqgan.runs.journal import plain
from seqgan.runs.model import Model, load_model
from seqgan.runs.model_files import COLUMNS
from seqgan.runs.train import load_task


def sweep(folder: Path, experiment: Experiment, temperatures: Sequence[float], progress: Progress) -> list[Swept]:
    """Return the scores of the MLE checkpoint, and of the last one where another stage followed, at each temperature.

    Every point is measured like the final table of the run: as many samples, the same random stream, the test split;
    likelihoods are those of the model at the temperature. Raises CheckpointError where a model file is damaged.
    """
    device = choose_device(experiment.run.device)
    evaluator = Evaluator(load_task(experiment, progress), device)
    points = [(name, model, temperature) for name, model in checkpoints(folder).items() for temperature in temperatures]
    return [
        Swept(checkpoint=name, temperature=temperature, scores=_measure(evaluator, model, experiment, temperature))
        for name, model, temperature in progress.track(points, "temperatures")
    ]


def checkpoints(folder: Path) -> dict[str, Model]:
    """Return the models of a finished run that are swept, by their names in the final table."""
    files = {
        name: load_model(path)
        for name in ("model", "model-best", "model-mle")
        if (path := _file(folder, name)).is_file()
    }
    named = {str(model.about.get("weights")): model for model in files.values()}
    found = {"mle_best": named["mle_best"]} if "mle_best" in named else {}
    stages = [column.removesuffix("_best") for column in COLUMNS if column in named and column.endswith("_best")]
    if stages and stages[-1] != "mle":
        found[f"{stages[-1]}_last"] = files["model"]
    return found or {"last": files["model"]}


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.safetensors"


def _measure(evaluator: Evaluator, model: Model, experiment: Experiment, temperature: float) -> list[RecordedScore]:
    model.to(evaluator.device)
    choice, rng = Choice(temperature), stream(experiment.seed, "final", device=evaluator.device)
    samples = evaluator.draw(model.generator, experiment.run.final_samples, rng, choice)
    references = evaluator.references("test", None, partial(log_prob, model.generator, choice=choice), choice)
    found = evaluator.judge(samples, references).scores.values()
    return [RecordedScore.model_validate(plain(score.as_dict())) for score in found]
