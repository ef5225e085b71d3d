"""A Python function of the user's own, of decoded strings or of ids.

``target`` is ``package.module:function`` or ``path/to/file.py:function``; only what is named there is imported.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from torch import Tensor

from seqgan import config
from seqgan.errors import ConfigError, RewardError
from seqgan.records import Samples
from seqgan.rewards import Parts


class Settings(config.Settings):
    """Which function is called, with what, and what happens when it fails."""

    target: str = Field(pattern=r"^.+:[A-Za-z_]\w*$", description="package.module:function or path/to/file.py:function")
    on: Literal["strings", "ids"] = Field("strings", description="strings: list of str; ids: list of lists of int")
    on_error: Literal["skip", "stop"] = Field(
        "skip", description="skip: a failing sequence counts as an average one; stop: end the run"
    )


class FunctionReward:
    """Calls the function with a list of B sequences and expects B numbers; NaN means "cannot be scored"."""

    uses_discriminator = False

    def __init__(self, function: Callable[[Any], Any], settings: Settings, parts: Parts) -> None:
        """Keep the function, the task that decodes and the way to report trouble."""
        self.function, self.settings, self.parts = function, settings, parts
        self.name = settings.target.rpartition(":")[2]
        self.digest = source_digest(settings.target)
        self.own = (self,)

    @property
    def about(self) -> str:
        """Return what a person should know before the function is called."""
        return f"The reward runs your function {self.settings.target}."

    def __call__(self, samples: Samples) -> Tensor:
        """Return the function's numbers as float32 (B,) on the samples' device.

        Padding never reaches the function: strings end before the end symbol, ids likewise.
        A sequence for which the function raises, or gives NaN, an infinity or a number beyond the range of float32,
        gets NaN and is reported.
        Raises RewardError when the answer has another length than the question, and for a failing sequence
        where ``on_error`` is "stop".
        """
        rows = self._rows(samples)
        values, errors = self._values(rows)
        if errors:
            self._trouble(rows, errors)
        return torch.as_tensor(values, dtype=torch.float32).to(samples.ids.device)

    def measure(self, samples: Samples) -> NDArray[np.float64]:
        """Return the function's numbers (B,), NaN where it gives none, whatever ``on_error`` says; nothing is reported.

        Raises RewardError when the answer has another length than the question.
        """
        return self._values(self._rows(samples))[0]

    def _rows(self, samples: Samples) -> list[Any]:
        if self.settings.on == "strings":
            return list(samples.strings or self.parts.task.decode(samples.ids, samples.mask))
        end = getattr(getattr(self.parts.task, "vocab", None), "end", None)
        most = getattr(self.parts.task, "max_tokens", None)  # a row that never ended holds one more
        pairs = zip(samples.ids.tolist(), samples.mask.tolist(), strict=True)
        return [[i for i, counts in zip(ids, mask, strict=True) if counts and i != end][:most] for ids, mask in pairs]

    def _values(self, rows: list[Any]) -> tuple[NDArray[np.float64], dict[int, str]]:
        """Return the numbers, NaN where there is none, and why there is none."""
        values, errors = self._asked(rows)
        with np.errstate(over="ignore"):  # a run learns from float32: what is too large for that is no number to it
            unusable = ~np.isfinite(values.astype(np.float32))
        for row in np.flatnonzero(unusable):
            errors.setdefault(int(row), f"gave {values[row]}")
            values[row] = np.nan
        return values, errors

    def _asked(self, rows: list[Any]) -> tuple[NDArray[np.float64], dict[int, str]]:
        """Ask for all rows at once; where that fails, one by one, so that one bad row spoils no other."""
        try:
            return self._numbers(self.function(rows), len(rows)), {}
        except RewardError:
            raise
        except Exception as error:
            if len(rows) == 1:
                return np.full(1, np.nan), {0: f"raised {type(error).__name__}: {error}"}
        values = np.full(len(rows), np.nan)
        errors: dict[int, str] = {}
        for index, row in enumerate(rows):
            (values[index],), trouble = self._asked([row])
            if trouble:
                errors[index] = trouble[0]
        return values, errors

    def _numbers(self, answer: Any, expected: int) -> NDArray[np.float64]:
        if isinstance(answer, Tensor):
            answer = answer.detach().cpu().numpy()
        values = np.array(answer, dtype=np.float64)  # None becomes NaN, a ragged list raises
        if values.shape != (expected,):
            raise RewardError(
                f"The reward {self.settings.target} gave the shape {values.shape} for {expected} sequences.",
                "Return one number for each sequence.",
            )
        return values

    def _trouble(self, rows: Sequence[Any], errors: dict[int, str]) -> None:
        first = min(errors)
        text = f"The reward {self.settings.target} {errors[first]} for the sequence {rows[first]!r}."
        if self.settings.on_error == "stop":
            skip = f"set on_error = 'skip' under [{self.parts.table}] in the run's config.toml"
            raise RewardError(text, f"Mend the function, or {skip}; then: seqgan resume RUN.")
        self.parts.report(text, unscored=len(errors), of=len(rows))


def find(target: str) -> Callable[[Any], Any]:
    """Import the function that ``target`` names; raises ConfigError when there is no such function."""
    place, _, name = target.rpartition(":")
    function = getattr(_module(place), name, None)
    if not callable(function):
        raise ConfigError(f"There is no function '{name}' in {place}.", "Check reward.target.")
    return function  # type: ignore[no-any-return]


def source_digest(target: str) -> str:
    """Return the SHA-256 of the file that holds the function, without what it imports; empty where there is none."""
    place = target.rpartition(":")[0]
    if not place.endswith(".py"):
        place = getattr(sys.modules.get(place), "__file__", None) or ""
    return hashlib.sha256(Path(place).read_bytes()).hexdigest() if place and Path(place).is_file() else ""


def _module(place: str) -> ModuleType:
    try:
        if not place.endswith(".py"):
            return importlib.import_module(place)
        path = Path(place).resolve()  # a name of its own: the user's random.py must replace no module, nor another's
        name = f"seqgan_reward_{path.stem}_{hashlib.sha256(str(path).encode()).hexdigest()[:16]}"
        spec = importlib.util.spec_from_file_location(name, place)
        if spec is None or spec.loader is None:
            raise ImportError("not a Python file")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module  # dataclasses and pickle look their module up there
        spec.loader.exec_module(module)
        return module
    except Exception as error:
        raise ConfigError(
            f"The reward's module {place} cannot be imported: {type(error).__name__}: {error}.",
            "Check reward.target: package.module:function or path/to/file.py:function.",
        ) from error


def create(settings: Settings, parts: Parts) -> FunctionReward:
    """Return the reward, whose ``about`` is said at the start of a run; raises ConfigError without such a function."""
    return FunctionReward(find(settings.target), settings, parts)
