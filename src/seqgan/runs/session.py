"""The session: what an algorithm sees of a run. It keeps the run resumable, so an algorithm's file need not.

The rule for algorithms: the body of a phase holds either nested phases and values computed ``once``, or is one piece.
The end of every iteration is a boundary: signals are honoured there and the state may be saved there. What stands
between two boundaries is done again by a resumed run; the session refuses a body that would do it twice. A resumed
run enters nested phases where they stopped, so no local variable may carry a result out of one: use ``once``.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from seqgan import registry
from seqgan.config import Experiment
from seqgan.errors import ConfigError
from seqgan.functional.sampling import sample
from seqgan.generators import Generator
from seqgan.progress import Bar
from seqgan.records import Samples, Score
from seqgan.rewards import own_functions
from seqgan.rng import Streams, derive, numbered, stream
from seqgan.runs import build, final, global_streams
from seqgan.runs.checkpoint import pack
from seqgan.runs.collapse import Guard
from seqgan.runs.counting import CountedReward
from seqgan.runs.evaluation import VALID_ROWS, Evaluator
from seqgan.runs.kept import Kept
from seqgan.runs.optimisation import Optimisers
from seqgan.runs.positions import Positions
from seqgan.runs.saving import Saver
from seqgan.runs.shelf import Shelf
from seqgan.runs.surroundings import Resumption, Surroundings
from seqgan.runs.watch import Watch, distinct_share

COMPLAINTS = 5  # about sequences without a reward, said aloud and written; the rest is only counted


class Session:
    """One run under way: data, networks, random streams, phases, optimisers, measuring and the journal."""

    def __init__(self, experiment: Experiment, built: build.Built, around: Surroundings) -> None:
        """Begin with what was built; every random stream starts from the experiment's seed."""
        task, device = built.task, built.device
        self.experiment, self.task, self.device = experiment, task, device
        self.rng = Streams(experiment.seed, device)
        self.networks, self.judge = built.networks, built.reward
        built.reports.listener = self._complain
        self.positions = Positions(self._boundary)
        self.optimisers = Optimisers(self.networks, self._refused)
        self.evaluator = Evaluator(task, device)
        self.kept = Kept()
        self.results: dict[str, Any] = {}
        self.finished = False
        self.generated = self.scored = self.unscored = self._complaints = 0
        self.earned = torch.zeros(0)
        self.watch = Watch(experiment.run.minimum_uniqueness, experiment.run.collapse_causes)
        self._around = around
        self.saver = Saver(self, around.folder, around.journal)
        self.shelf = Shelf(self, around.shelf, around.journal)
        self._guard = Guard(self)
        self._identity = build.identity(experiment, task, device)
        self._bar: Bar | None = None
        self._real_share: dict[int, float] = {}
        self._skipped: set[str] = set()
        self._before, self._begun = 0.0, time.monotonic()

    # What an algorithm works with

    @property
    def path(self) -> Path:
        """Return the run folder."""
        return self._around.folder.path

    @property
    def generator(self) -> Generator:
        """Return the generator."""
        return self.networks["generator"]  # type: ignore[return-value]

    @property
    def discriminator(self) -> Any:
        """Return the discriminator; raises KeyError where the algorithm has none."""
        return self.networks["discriminator"]

    @property
    def reward(self) -> CountedReward:
        """Return the reward: samples -> (B,) or (B, T); every sequence it scores is counted as cost."""
        if self.judge is None:
            raise ConfigError("This algorithm names no reward.", "Add the part 'reward' to its PARTS.")
        return CountedReward(self.judge, self._count)

    def _count(self, sequences: int) -> None:
        self.scored += sequences

    def credit(self, samples: Samples, policy: Generator | None = None) -> Tensor:
        """Return the weights (B, T) of sampled rows by the experiment's credit rule, NaN where none is known.

        ``policy`` completes rollouts.
        The watch looks at the uniqueness of the rows and the spread of their rewards, which ``earned`` (B,) holds then.
        """
        self.positions.touch()
        before, reward = self.scored, self.reward
        rule = registry.load("credit", self.experiment.names["credit"])
        settings, rng = self.experiment.parts["credit"], self.rng["rollout"]
        weights: Tensor = rule.credit(samples, policy or self.generator, reward, settings, rng, end=self.task.vocab.end)
        self.generated += max(0, self.scored - before - len(samples))
        self.earned = reward.earned(samples, weights)
        self.watch.rewards(self.earned, getattr(self.judge, "scale", None))
        self.watch.samples(distinct_share(samples.ids), self._real_uniqueness(len(samples)))
        return weights

    def sample(self, n: int, network: str = "generator") -> Samples:
        """Draw ``n`` sequences (n, T) from the stream "sample"; they are counted as cost."""
        self.positions.touch()
        self.generated += n
        return sample(self.networks[network], n, self.task.max_len, self.task.vocab.end, self.rng["sample"])

    def real(self, n: int) -> Samples:
        """Return ``n`` random rows (n, T) of the training split, drawn with replacement from the stream "data"."""
        self.positions.touch()
        rng = self.rng["data"]
        rows = torch.randint(len(self.task.train), (n,), generator=rng, device=rng.device)
        drawn: Samples = self.task.train.samples(rows.cpu(), device=self.device)
        return drawn

    def copy_network(self, name: str, of: str) -> nn.Module:
        """Add a copy of the network ``of`` that no gradient reaches, as ``name``; a resumed run finds it as it was.

        Raises RunError where there is no network ``of``.
        """
        return self.networks.add_copy(name, of)

    # Phases

    def phase(self, name: str, count: int) -> Iterator[int]:
        """Yield the numbers (from 0) of the iterations still to do; phases nest, and resume where they stopped.

        Raises RunError for a name with a slash, for a phase opened twice in one iteration, inside a value computed
        ``once``, or after its body has changed or logged something; and at the end of an iteration CollapseError
        where the watch stops the run, Interrupted where a signal does.
        """
        phases = self.positions.phase(name, count)
        return phases if self.positions.frames else self._shown(phases, name, count)

    def _shown(self, phases: Iterator[int], name: str, count: int) -> Iterator[int]:
        bar = None
        try:
            for index in phases:
                self._guard.enter(name)
                bar = bar or self._around.progress.bar(name, count, index)
                self._bar = bar
                bar.update(index)
                yield index
                bar.done = index + 1
        finally:
            phases.close()  # type: ignore[attr-defined]
            self._bar = None
            self._around.progress.close()

    def once(self, name: str, compute: Callable[[], Any]) -> Any:
        """Return ``compute()``, computed once in this iteration; a run resumed inside it sees the very same value.

        The value holds tensors, plain data, or nested tuples, lists and dicts of them; raises CheckpointError for any
        other, and RunError where ``compute`` opens a phase.
        """

        def checked() -> Any:
            value = compute()
            pack(value)  # what cannot be saved is refused here and not at the next checkpoint
            return value

        return self.positions.once(name, checked)

    def batches(self, name: str, columns: Sequence[Tensor], size: int) -> Iterator[tuple[Tensor, ...]]:
        """Yield one shuffled pass over the rows of ``columns``, ``size`` at a time; it can be resumed in the middle.

        All columns have N rows and keep their pairing; int32 columns come as int64, all on the session's device.
        """
        rng, rows = self.rng["data"], len(columns[0])
        order = self.once(f"{name} order", lambda: torch.randperm(rows, generator=rng, device=rng.device).cpu())
        for index in self.phase(name, math.ceil(rows / size)):
            chosen = order[index * size : (index + 1) * size]
            yield tuple(self._rows(column, chosen) for column in columns)

    def _rows(self, column: Tensor, chosen: Tensor) -> Tensor:
        rows = column[chosen.to(column.device)].to(self.device)
        return rows.long() if rows.dtype == torch.int32 else rows

    def end_phase(self) -> None:
        """Let the innermost phase end after this iteration (early stopping); raises RunError where none is open."""
        self.positions.end_phase()

    # Learning

    def optimizer(
        self,
        name: str,
        learning_rate: float,
        *,
        network: str | None = None,
        clip: float | None = None,
        betas: tuple[float, float] = (0.9, 0.999),
        weight_decay: float = 0.0,
    ) -> None:
        """Declare Adam for the network ``name`` (or for ``network``, under another name) before the phases.

        ``clip`` is the largest gradient norm. Declaring it again changes nothing. Raises RunError where there is no
        such network.
        """
        self.optimisers.declare(name, learning_rate, network or name, clip, betas, weight_decay)

    def step(self, name: str, loss: Tensor) -> float:
        """Take one optimiser step along ``loss`` (a scalar) and return its value; it is left out if not finite.

        Raises RunError for an optimiser that was not declared.
        """
        self.positions.touch()
        return self.optimisers.step(name, loss)

    def slow_down(self, name: str, factor: float) -> None:
        """Multiply the learning rate of the optimiser ``name`` by ``factor``; raises RunError if it is not declared."""
        self.positions.touch()
        self.optimisers.slow_down(name, factor)

    def observe(self, *, accuracy: float, valid_real: float = 1.0, train_real: float = 1.0) -> None:
        """Tell the watch the shares of new rows judged rightly, and of new and known real rows taken for real."""
        self.positions.touch()
        self.watch.accuracy(accuracy)
        self.watch.memory(train_real, valid_real)

    # Measuring and saying

    def log(self, event: str, **values: Any) -> None:
        """Write an event with its values to the journal."""
        self.positions.touch()
        self._write(event, values)

    def warn(self, text: str, **values: Any) -> None:
        """Say ``text`` aloud and write it to the journal."""
        self._around.progress.say(f"warning: {text}")
        self._write("warning", {"text": text, **values})

    def _complain(self, text: str, **values: Any) -> None:
        """Hear of sequences that the reward could not score: all are counted, the first few complaints said aloud."""
        self.unscored += values.get("unscored", 0)
        self._complaints += 1
        if self._complaints <= COMPLAINTS:
            self.warn(text, **values)

    def say(self, text: str) -> None:
        """Say ``text`` to the person at the terminal only."""
        self._around.progress.say(text)

    def _write(self, event: str, values: dict[str, Any]) -> None:
        phase, step = self.positions.place()
        inner = self.positions.inner()
        self._around.journal.write(event, phase, step, {**({"inner": inner} if inner else {}), **values}, self.seconds)

    def evaluate(self, label: str = "") -> dict[str, Score]:
        """Measure the generator on the validation split and write the event "evaluate".

        The samples come from streams of their own, the same ones each time: measuring never changes training.
        """
        self.positions.touch()
        run, rng = self.experiment.run, stream(self.experiment.seed, "eval", device=self.device)
        samples = self.evaluator.draw(self.generator, run.evaluate_samples, rng)
        measured = self.evaluator.measure(self.generator, samples, "valid", VALID_ROWS)
        self.skip(measured.missing)
        values = {name: score.value for name, score in measured.scores.items()}
        scores = [score.as_dict() for score in measured.scores.values()]
        self._write("evaluate", {"label": label, "split": "valid", **values, "scores": scores})
        return measured.scores

    def skip(self, missing: dict[str, str]) -> None:
        """Write, once for each metric, that it was left out because the task lacks what it needs."""
        for name in sorted(missing.keys() - self._skipped):
            self._skipped.add(name)
            self._write("metric_skipped", {"metric": name, "lacks": missing[name]})

    def keep_best(self, stage: str, value: float) -> bool:
        """Keep the generator's weights as the last of ``stage`` ("mle", "adversarial"), and as its best if they are.

        ``value`` is measured on the validation split, lower is better. Both are in the final table if it has the stage.
        """
        self.positions.touch()
        return self.kept.put(stage, self.generator, value)

    def since_best(self, stage: str) -> int:
        """Return how many calls of :meth:`keep_best` came after the best one."""
        return self.kept.since_best(stage)

    def use_best(self, stage: str) -> None:
        """Give the generator the best weights of ``stage``; raises RunError where none were kept."""
        self.positions.touch()
        self.generator.load_state_dict(self.kept.weights(f"{stage}_best"))

    def start_over(self, number: int) -> None:
        """Let the generator begin anew, with weights and random streams from the seed and ``number``.

        0 is what a run begins with, so a model is the same whatever else was trained before it.
        """
        self.positions.touch()
        self.rng.start_over(number)
        global_streams.start(derive(self.experiment.seed, "dropout", *numbered(number)), self.device)
        fresh = build.network(self.experiment, self.task, self.device, "generator", number)
        self.generator.load_state_dict(fresh.state_dict())

    @property
    def seconds(self) -> float:
        """Return the wall seconds spent on this run, over all its processes."""
        return self._before + time.monotonic() - self._begun

    def finish(self) -> None:
        """Measure the final checkpoints on the test split, write models and samples, and close the run."""
        final.finish(self, self._around.folder)
        self.finished = True
        self.saver.save_or_fail()

    def begin(self, resumption: Resumption | None) -> None:
        """Start anew (None), or go on as ``resumption`` says; a reward that runs a user's code is named aloud."""
        for function in own_functions(self.judge):
            self.say(function.about)
        if resumption is not None:
            notes = self.restore(resumption.state) if resumption.state else []
            for text in notes:
                self.say(text)
            self._write("resume", {"checkpoint": resumption.checkpoint, "notes": [*resumption.notes, *notes]})
            for text in resumption.warnings:
                self.warn(text)
        if resumption is None or not resumption.state:
            names = self.experiment.names
            sizes = {"vocabulary": len(self.task.vocab), "max_len": self.task.max_len, "train": len(self.task.train)}
            self._write("start", {"seed": self.experiment.seed, **names, **sizes})
            self.saver.save()

    # Boundaries

    def _boundary(self, top_level: bool) -> None:
        if top_level:
            self._guard.act()
        if self._bar is not None:
            self._bar.update(self._bar.done, self.positions.words)
        if self._around.stop.number:
            self.saver.stop(self._around.stop.number)
        elif self.saver.due(top_level, self.positions.stage_over):
            self.saver.save()

    def _refused(self, name: str) -> None:
        self._write("not_finite", {"optimiser": name})
        self.watch.not_finite(name)

    def _real_uniqueness(self, n: int) -> float:
        if n not in self._real_share:
            rng = stream(self.experiment.seed, "uniqueness", n)
            rows = torch.randint(len(self.task.train), (n,), generator=rng)
            self._real_share[n] = distinct_share(self.task.train.samples(rows).ids)
        return self._real_share[n]

    def state(self) -> dict[str, Any]:
        """Return everything a resumed run needs, as plain data and tensors."""
        return {
            **self._identity,
            "networks": self.networks.state(),
            "optimisers": self.optimisers.state(),
            "streams": self.rng.state(),
            "global_streams": global_streams.state(self.device),
            "positions": self.positions.state(),
            "kept": self.kept.state(),
            "guard": self._guard.state(),
            "results": self.results,
            "watch": self.watch.state(),
            "skipped": sorted(self._skipped),
            "costs": [self.generated, self.scored, self.unscored, self._complaints],
            "journal_length": self._around.journal.length,
            "seconds": self.seconds,
            "finished": self.finished,
        }

    def restore(self, state: dict[str, Any]) -> list[str]:
        """Take over what :meth:`state` returned; return in words what of it could not be restored here."""
        self.networks.restore(state["networks"])
        self.optimisers.restore(state["optimisers"])
        self.rng.restore(state["streams"])
        self.positions.restore(state["positions"])
        self.kept.restore(state["kept"])
        self._guard.restore(state["guard"])
        self.watch.restore(state["watch"])
        self.results, self.finished = dict(state["results"]), state["finished"]
        self._skipped = set(state["skipped"])
        self.generated, self.scored, self.unscored, self._complaints = state["costs"]
        self._before, self._begun = state["seconds"], time.monotonic()
        return global_streams.restore(state["global_streams"], self.device)
