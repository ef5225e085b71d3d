"""How a discriminator comes to know its training rows by heart: what it takes for real, set of negatives by set.

    .venv/bin/python benchmarks/by_heart.py runs/bench/oracle-seqgan-paper-constant/seed-1 --sets 20

A new discriminator of the run's experiment learns, as before the first round, to tell the training rows from samples of
the run's generator after likelihood (its last epoch). After every set it judges rows that it has learned from, real
rows that it never saw, and samples that it never saw. ``results/by-heart/oracle-seqgan-paper.json`` is one such file.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from dataclasses import replace as replace_fields
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from seqgan.config import Experiment, read_toml, resolve
from seqgan.functional.losses import binary_cross_entropy
from seqgan.functional.precision import matrix_precision
from seqgan.functional.sampling import evaluating, sample
from seqgan.progress import Progress
from seqgan.records import Samples
from seqgan.rng import stream
from seqgan.runs import build, environment
from seqgan.runs.checkpoint import Checkpoints
from seqgan.runs.files import replace
from seqgan.runs.folder import RunFolder
from seqgan.runs.memory import keep_freed_memory
from seqgan.runs.train import load_task

ROWS = 2000  # of each kind are judged


@dataclass(frozen=True)
class Judgement:
    """After so many sets: shares of rows taken for real, pairs of a real row and a sample ranked rightly, the reward.

    ``train`` are real rows that it learned from, ``unseen`` real ones that it did not; ``reward`` is the mean
    probability of "real" that a sample has.
    """

    sets: int
    train: float
    unseen: float
    samples: float
    train_pairs: float
    unseen_pairs: float
    reward: float


class Trial:
    """A discriminator, a generator that stays as it is, and the rows that are judged."""

    def __init__(self, folder: RunFolder, experiment: Experiment) -> None:
        """Take the generator from the newest checkpoint of a run, everything else from the experiment."""
        self.settings, self.dtype, self.seed = experiment.parts["algorithm"], experiment.run.dtype, experiment.seed
        self.task = load_task(experiment, Progress(quiet=True))
        networks = build.networks(experiment, self.task, torch.device("cpu"))
        self.generator, self.discriminator = networks["generator"], networks["discriminator"]
        state = Checkpoints(folder.checkpoints, 2).load(print)
        if state is None:
            raise SystemExit(f"error: {folder.path} has no checkpoint. Name the folder of a run that was trained.")
        self.generator.load_state_dict(state[0]["kept"]["weights"]["mle_last"])
        self.adam = torch.optim.Adam(self.discriminator.parameters(), lr=self.settings.d_learning_rate, fused=True)
        self.rng = stream(self.seed, "by heart")
        kinds = self.task.train, self.task.test
        self.judged = [
            *(split.samples(slice(0, ROWS)) for split in kinds),
            self.draw(ROWS, stream(self.seed, "judged")),
        ]

    def draw(self, rows: int, rng: torch.Generator) -> Samples:
        """Return samples of the generator."""
        return sample(self.generator, rows, self.task.max_len, self.task.vocab.end, rng)

    def learn(self) -> None:
        """Train on one set: all training rows and as many samples, as often as the experiment says."""
        real, drawn = self.task.train.samples(), self.draw(len(self.task.train), self.rng)
        ids, mask = torch.cat([real.ids, drawn.ids]), torch.cat([real.mask, drawn.mask])
        is_real = torch.arange(len(ids)) < len(real.ids)
        self.discriminator.train()
        with matrix_precision(self.dtype):
            for _ in range(self.settings.epochs):
                for rows in torch.randperm(len(ids), generator=self.rng).split(self.settings.d_batch):
                    scores = self.discriminator(ids[rows], mask[rows])[0]
                    loss = binary_cross_entropy(scores, is_real[rows]) + self.discriminator.penalty()
                    self.adam.zero_grad()
                    loss.backward()
                    self.adam.step()

    def judge(self, sets: int) -> Judgement:
        """Return how it judges after so many sets."""
        train, unseen, drawn = map(self.scores, self.judged)
        shares = [float((scores > 0).double().mean()) for scores in (train, unseen, drawn)]
        pairs = [right(train, drawn), right(unseen, drawn)]
        return Judgement(sets, *shares, *pairs, float(drawn.double().sigmoid().mean()))

    def scores(self, rows: Samples) -> Tensor:
        """Return the logits (B,) of rows, without dropout, in single precision."""
        parts = zip(rows.ids.split(500), rows.mask.split(500), strict=True)
        with evaluating(self.discriminator), matrix_precision("fp32"):
            return torch.cat([self.discriminator(ids, mask)[0] for ids, mask in parts])


def right(real: Tensor, drawn: Tensor) -> float:
    """Return the share of pairs in which the real row has the higher score; a tie counts half."""
    higher = (real[:, None] > drawn).double() + (real[:, None] == drawn).double() / 2
    return float(higher.mean())


def of_the_same_data(experiment: Experiment, folder: RunFolder) -> Experiment:
    """Return the experiment with the run's seed, which draws the data; another task has other rows altogether."""
    run = folder.experiment()
    if run.parts["task"] != experiment.parts["task"]:
        raise SystemExit(f"error: {folder.path} has another task. Name a run of the experiment's own task.")
    return replace_fields(experiment, seed=run.seed)


def main() -> None:
    """Train set by set; the file is written anew after each."""
    parser = argparse.ArgumentParser(description="What a discriminator takes for real, set of negatives by set.")
    parser.add_argument("run", type=Path, help="the folder of a run whose generator was trained by likelihood")
    parser.add_argument("--experiment", type=Path, default=Path("experiments/oracle-seqgan-paper.toml"))
    parser.add_argument("--sets", type=int, default=50)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("results/by-heart/oracle-seqgan-paper.json"))
    asked = parser.parse_args()
    keep_freed_memory()
    folder = RunFolder(asked.run)
    experiment = of_the_same_data(resolve((asked.experiment.name, read_toml(asked.experiment))), folder)
    found: list[dict[str, Any]] = []
    machine = environment.describe(torch.device("cpu"))
    made_with = {name: machine[name] for name in ("commit", "device_name", "versions")}
    with environment.threads(asked.threads):
        trial, progress = Trial(folder, experiment), Progress()
        bar = progress.bar("sets", asked.sets)
        for number in range(1, asked.sets + 1):
            trial.learn()
            found.append(asdict(trial.judge(number)))
            facts = {"experiment": asked.experiment.stem, "seed": experiment.seed, "rows": ROWS, "after": found}
            facts |= {"epochs_a_set": experiment.parts["algorithm"].epochs, "made_with": made_with}
            asked.out.parent.mkdir(parents=True, exist_ok=True)
            replace(asked.out, (json.dumps(facts, indent=1) + "\n").encode())
            bar.update(number, lambda: ", ".join(f"{name} {value:.3g}" for name, value in found[-1].items()))
        progress.close()


if __name__ == "__main__":
    main()
