"""Networks by name, and copies of weights that are kept: the end of a stage, the best on validation, a good state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from torch import Tensor, nn

from seqgan.errors import RunError
from seqgan.functional.copies import copy_of


def snapshot(value: Any) -> Any:
    """Return nested dicts, lists and tuples with every tensor copied."""
    if isinstance(value, Tensor):
        return value.detach().clone()
    if isinstance(value, dict):
        return {key: snapshot(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(snapshot(inner) for inner in value)
    return value


class Networks(Mapping[str, nn.Module]):
    """The networks of a run by name. The state of one that is added later waits until then."""

    def __init__(self, networks: dict[str, nn.Module]) -> None:
        """Hold ``networks``."""
        self._networks = networks
        self._waiting: dict[str, Any] = {}

    def __getitem__(self, name: str) -> nn.Module:
        """Return the network called ``name``."""
        return self._networks[name]

    def __iter__(self) -> Iterator[str]:
        """Yield the names."""
        return iter(self._networks)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._networks)

    def add_copy(self, name: str, of: str) -> nn.Module:
        """Add a copy of the network ``of`` without gradients, or return the one that is there.

        Raises RunError where there is no network ``of``.
        """
        if name not in self._networks:
            if of not in self._networks:
                raise RunError(f"There is no network '{of}' to copy.", f"There are: {', '.join(self._networks)}.")
            self._networks[name] = copy_of(self._networks[of]).requires_grad_(False)
            if name in self._waiting:
                self._networks[name].load_state_dict(self._waiting.pop(name))
        return self._networks[name]

    def state(self) -> dict[str, Any]:
        """Return the weights of every network."""
        return {**self._waiting, **{name: dict(network.state_dict()) for name, network in self.items()}}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Give every network its weights; those of networks not added yet wait."""
        self._waiting = {name: weights for name, weights in state.items() if name not in self._networks}
        for name in self._networks.keys() & state.keys():
            self._networks[name].load_state_dict(state[name])


class Kept:
    """The generator's weights at two moments of each stage, on the CPU: ``<stage>_best`` and ``<stage>_last``."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._weights: dict[str, dict[str, Tensor]] = {}
        self._values: dict[str, float] = {}
        self._since: dict[str, int] = {}

    def __contains__(self, name: str) -> bool:
        """Return whether weights are kept under ``name``."""
        return name in self._weights

    def put(self, stage: str, network: nn.Module, value: float) -> bool:
        """Keep the weights as the stage's last, and as its best if ``value`` is lower than all before; NaN never is."""
        weights = {name: tensor.detach().to("cpu", copy=True) for name, tensor in network.state_dict().items()}
        best = value < self._values.get(stage, float("inf"))
        self._since[stage] = 0 if best else self._since.get(stage, 0) + 1
        self._weights[f"{stage}_last"] = weights
        if best:
            self._values[stage] = float(value)
            self._weights[f"{stage}_best"] = weights
        return best

    def since_best(self, stage: str) -> int:
        """Return how many values of a stage came after its best one."""
        return self._since.get(stage, 0)

    def weights(self, name: str) -> dict[str, Tensor]:
        """Return the weights kept under ``name``; raises RunError where there are none."""
        if name not in self._weights:
            raise RunError(f"No weights are kept as '{name}'.", "Call keep_best with a finite value first.")
        return self._weights[name]

    def state(self) -> dict[str, Any]:
        """Return what the checkpoint keeps."""
        return {"weights": dict(self._weights), "values": dict(self._values), "since": dict(self._since)}

    def restore(self, state: dict[str, Any]) -> None:
        """Take over what :meth:`state` returned."""
        self._weights, self._values = dict(state["weights"]), dict(state["values"])
        self._since = dict(state["since"])
