"""Optimisers by name, and the one step that a training loop takes with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from seqgan.errors import RunError
from seqgan.runs.kept import snapshot

_WHOLE = 1 << 16  # gradients with more values are judged by their first row and column


@dataclass
class Rule:
    """An Adam optimiser with the state it began with and the norm its gradient is cut to (None: not cut)."""

    adam: torch.optim.Adam
    fresh: dict[str, Any]
    parameters: list[nn.Parameter]
    clip: float | None


class Optimisers:
    """The Adam optimisers of a run."""

    def __init__(self, networks: Mapping[str, nn.Module], refused: Callable[[str], None]) -> None:
        """Optimise ``networks``; ``refused(name)`` hears of every step that was not taken."""
        self._networks, self._refused = networks, refused
        self._rules: dict[str, Rule] = {}
        self._waiting: dict[str, Any] = {}

    def declare(
        self,
        name: str,
        learning_rate: float,
        network: str,
        clip: float | None,
        betas: tuple[float, float],
        weight_decay: float,
    ) -> None:
        """Make the optimiser ``name``, or keep it as it is where there is one already.

        Raises RunError where there is no network of that name.
        """
        if name in self._rules:
            return
        if network not in self._networks:
            raise RunError(f"There is no network '{network}' to optimise.", f"There are: {', '.join(self._networks)}.")
        parameters = [p for p in self._networks[network].parameters() if p.requires_grad]
        fused = all(p.device.type in {"cpu", "cuda"} and p.dtype == torch.float32 for p in parameters)
        adam = torch.optim.Adam(parameters, lr=learning_rate, betas=betas, weight_decay=weight_decay, fused=fused)
        fresh = snapshot(adam.state_dict())
        if name in self._waiting:
            adam.load_state_dict(snapshot(self._waiting.pop(name)))  # it would keep and change the very tensors
        self._rules[name] = Rule(adam, fresh, parameters, clip)

    def step(self, name: str, loss: Tensor) -> float:
        """Move the network along the gradient of ``loss``, a scalar, and return its value.

        A step whose loss or gradient is not finite is not taken. Large gradients of an uncut optimiser are
        judged by their first row and column: a value that is not finite in a product spoils a whole row or column.
        Raises RunError for an optimiser that was not declared.
        """
        rule = self._rule(name)
        rule.adam.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        gradients = [p.grad for p in rule.parameters if p.grad is not None]
        if rule.clip is None:
            norm = torch.nn.utils.get_total_norm([part for gradient in gradients for part in _judged(gradient)])
        else:
            norm = torch.nn.utils.get_total_norm(gradients)
            torch.nn.utils.clip_grads_with_norm_(rule.parameters, rule.clip, norm)
        value, size = torch.stack([loss.detach().float(), norm.float()]).tolist()
        if abs(value) < float("inf") and size < float("inf"):
            rule.adam.step()
        else:
            self._refused(name)
        return float(value)

    def clip(self, name: str) -> float | None:
        """Return the norm that the gradient of the optimiser ``name`` is cut to, None where it is not cut."""
        return self._rule(name).clip

    def slow_down(self, name: str, factor: float) -> None:
        """Multiply the learning rate of the optimiser ``name``; its state keeps the new one.

        Raises RunError for an optimiser that was not declared.
        """
        for group in self._rule(name).adam.param_groups:
            group["lr"] *= factor

    def _rule(self, name: str) -> Rule:
        if name not in self._rules:
            raise RunError(f"There is no optimiser '{name}'.", "Declare it with session.optimizer first.")
        return self._rules[name]

    def state(self) -> dict[str, Any]:
        """Return the state of every optimiser, also of those restored and not declared yet."""
        return {**self._waiting, **{name: rule.adam.state_dict() for name, rule in self._rules.items()}}

    def restore(self, state: dict[str, Any]) -> None:
        """Take over what :meth:`state` returned; optimisers declared later find their state then.

        An optimiser that ``state`` lacks starts anew: it was declared after that state was taken.
        """
        self._waiting = {name: value for name, value in state.items() if name not in self._rules}
        for name, rule in self._rules.items():
            rule.adam.load_state_dict(snapshot(state.get(name, rule.fresh)))


def _judged(gradient: Tensor) -> list[Tensor]:
    if gradient.numel() <= _WHOLE or gradient.dim() < 2:
        return [gradient]
    flat = gradient.flatten(1)
    return [flat[0], flat[:, 0]]
