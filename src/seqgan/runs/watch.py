"""The collapse watch: looks at what training shows of itself and says once, in plain words, what is wrong.

Two causes mean that the generator is lost: it repeats itself, or numbers are no longer finite. Three more mean that
the discriminator's reward teaches little: it cannot tell the samples apart, it gives them all one value, or it knows
its training rows by heart and calls other real ones generated. The setting ``run.collapse_causes`` says which of them
are fatal; by default the first two.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from statistics import median
from typing import Any

import torch
from torch import Tensor

from seqgan.stats.shares import percent

PATIENCE = 3  # observations in a row before an alarm
CHANCE = 0.02  # an accuracy up to 0.5 + this is a guess
HEART = 0.5  # who takes so much more of the training rows for real than of new real rows has learned them by heart
FLAT = 1e-4  # a reward whose standard deviation is below this share of its scale is one value
NOISE = 1e-6  # share of a reward's size that float32 leaves of equal values
USUAL = 9  # first batches whose median spread is the scale of a reward that declares none


@dataclass(frozen=True)
class Alarm:
    """What was noticed: ``cause`` is a word, ``fatal`` says that going on makes no sense."""

    cause: str
    text: str
    fatal: bool
    value: float


class Watch:
    """Counts how often in a row each cause was seen and raises each alarm once."""

    def __init__(self, minimum_uniqueness: float, fatal: Collection[str]) -> None:
        """``minimum_uniqueness`` is a share of the uniqueness that real rows have in a batch of the same size.

        ``fatal`` are the causes after which going on makes no sense.
        """
        self.minimum_uniqueness, self.fatal = minimum_uniqueness, frozenset(fatal)
        self._spreads: list[float] = []
        self._row: dict[str, int] = {}
        self._told: set[str] = set()
        self._alarms: list[Alarm] = []

    def samples(self, share: float, real_share: float) -> None:
        """Look at the share of distinct rows in a sampled batch, beside that of real rows."""
        shares = f"{percent(share)} of sampled rows are distinct, {percent(real_share)} of real ones"
        text = f"The generator repeats itself: {shares}."
        self._see("uniqueness", share < self.minimum_uniqueness * real_share, text, share)

    def accuracy(self, accuracy: float) -> None:
        """Look at the share of rows that the discriminator, after its training, judges rightly."""
        share = f"right in {percent(accuracy)} of cases, no better than a guess"
        text = f"The discriminator is {share}: its reward carries no signal."
        self._see("discriminator_guesses", accuracy <= 0.5 + CHANCE, text, accuracy)

    def memory(self, train: float, new: float) -> None:
        """Look at the shares of training rows, and of real rows it never saw, that the discriminator takes for real."""
        shares = f"it takes {percent(train)} of them for real, and {percent(new)} of real rows that it has not seen"
        text = f"The discriminator knows its training rows by heart: {shares}. Its reward says little of new rows."
        self._see("discriminator_memorises", train - new > HEART, text, train - new)

    def rewards(self, rewards: Tensor, scale: float | None = None) -> None:
        """Look at the rewards (B,) of the finished sequences of a batch.

        They are flat where their standard deviation is lost in float32's rounding, or below a ten-thousandth of the
        reward's scale: ``scale``, the width of its range, or (None) the median deviation of the
        first batches that had any. So neither the unit of a reward nor what is added to all of its values matters.
        A single reward says nothing.
        """
        if len(rewards) < 2:
            return
        values = rewards.detach().cpu().double()  # some devices have no float64
        spread, centre = float(values.std(unbiased=False)), float(values.mean())
        known = scale if scale is not None else median(self._spreads) if self._spreads else 0.0
        flat = spread <= NOISE * float(values.abs().max()) or spread < FLAT * known
        text = f"Every sample has the same reward (mean {centre:.3g}, spread {spread:.1g}): it carries no signal."
        self._see("reward_flat", flat, text, spread)
        if not flat and math.isfinite(spread) and len(self._spreads) < USUAL:
            self._spreads.append(spread)

    def not_finite(self, name: str) -> None:
        """Hear that a step of the optimiser ``name`` was not taken."""
        text = f"A loss or gradient of '{name}' is not finite; such steps are left out."
        self._see("not_finite", True, text, math.nan)

    def _see(self, cause: str, seen: bool, text: str, value: float) -> None:
        self._row[cause] = self._row.get(cause, 0) + 1 if seen else 0
        patience = 1 if cause == "not_finite" else PATIENCE
        if self._row[cause] >= patience and cause not in self._told:
            self._told.add(cause)
            self._alarms.append(Alarm(cause, text, cause in self.fatal, value))

    @property
    def healthy(self) -> bool:
        """Return whether nothing is suspected at the moment."""
        return not self._alarms and not any(self._row.get(cause, 0) for cause in self.fatal)

    def take_alarms(self) -> list[Alarm]:
        """Return the new alarms and forget them."""
        alarms, self._alarms = self._alarms, []
        return alarms

    def rearm(self) -> None:
        """Begin to watch anew after a rollback."""
        self._row.clear()
        self._told.clear()
        self._alarms.clear()

    def state(self) -> dict[str, Any]:
        """Return plain data for the checkpoint."""
        alarms = [(a.cause, a.text, a.fatal, a.value) for a in self._alarms]
        return {"row": dict(self._row), "told": sorted(self._told), "alarms": alarms, "spreads": self._spreads}

    def restore(self, state: dict[str, Any]) -> None:
        """Take over what :meth:`state` returned."""
        self._row, self._told = dict(state["row"]), set(state["told"])
        self._spreads = list(state.get("spreads", ()))
        self._alarms = [Alarm(*values) for values in state["alarms"]]


def distinct_share(ids: Tensor) -> float:
    """Return the share of distinct rows of ``ids`` (B, T); padding must be the same in equal rows."""
    rows = ids.detach().to("cpu", torch.int64).contiguous().numpy()
    return len({row.tobytes() for row in rows}) / max(1, len(rows))
