"""Floating-point operations of training, counted from the shapes: multiplications and additions of matrix products.

Only what is known exactly is counted: rows of one fixed length (no end symbol), an LSTM or GRU generator, the
discriminator with convolutions. A backward pass counts as two forward passes. Embedding look-ups, activations,
optimiser steps and every evaluation are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

_GATES = {"lstm": 4, "gru": 3}
_TRAINED = 3  # forward and backward, in forward passes


def token_flop(embedding: int, hidden: int, vocabulary: int, layers: int = 1, gates: int = 4) -> float:
    """Return the operations of one step of a recurrent generator (V outputs) for one row."""
    first = gates * hidden * (embedding + hidden)
    return 2.0 * (first + (layers - 1) * 2 * gates * hidden**2 + hidden * vocabulary)


def score_flop(windows: Mapping[int, int], embedding: int, length: int) -> float:
    """Return the operations of the convolutions and the highway layer for one row; ``windows``: width -> filters."""
    fitting = {width: count for width, count in windows.items() if width <= length}
    fitting = fitting or {length: windows[min(windows)]}
    convolved = sum(2.0 * width * count * (length - width + 1) * embedding for width, count in fitting.items())
    return convolved + 4.0 * sum(fitting.values()) ** 2


@dataclass(frozen=True)
class Counter:
    """Operations of the pieces of one experiment: an epoch of likelihood, a set of negatives, an adversarial step."""

    epoch: float
    labelled: float
    step: float
    pretrain_sets: int

    @classmethod
    def of(cls, config: Mapping[str, Any], sizes: Mapping[str, int]) -> Self | None:
        """Return the counter of an experiment's plain data, None where its operations cannot be known exactly."""
        length, rows = config["task"].get("length"), sizes.get("train")
        generator, algorithm = config.get("generator", {}), config["algorithm"]
        if not length or length != sizes.get("max_len") or not rows or generator.get("name") not in _GATES:
            return None
        token = token_flop(
            generator["embedding"],
            generator["hidden"],
            sizes["vocabulary"],
            generator["layers"],
            _GATES[generator["name"]],
        )
        epoch = _TRAINED * rows * length * token
        if "steps" not in algorithm:
            return cls(epoch, 0.0, 0.0, 0)
        if "mediators" in algorithm:
            passes = _cooperative(algorithm) if "m_steps" in algorithm else _ratio(config)
            return None if passes is None else cls(epoch, 0.0, passes * length * token, 0)
        judged = _score(config, length)
        walked = _walk(config, length)
        if judged is None or walked is None:
            return None
        learned = 2 if algorithm.get("mle_weight", 0) > 0 else 1  # as many real rows beside the drawn ones
        passes = (1 + _TRAINED * learned) * length + walked[0]
        step = algorithm["g_steps"] * algorithm["batch"] * (passes * token + walked[1] * judged)
        if "negatives" not in algorithm or _reward(config) != "discriminator":
            return cls(epoch, 0.0, step, 0)
        negatives = algorithm["negatives"]
        labelled = negatives * length * token + algorithm["epochs"] * _TRAINED * 2 * negatives * judged
        return cls(epoch, labelled, step + algorithm["d_steps"] * labelled, algorithm["pretrain_discriminator_steps"])

    def at(self, phase: str, step: int, epochs: int) -> float | None:
        """Return the operations up to the end of iteration ``step`` of a top-level phase, None for another phase.

        ``epochs`` of likelihood were run so far, of all networks together, perhaps fewer than the settings allow.
        """
        before = epochs * self.epoch
        if phase == "pretrain_discriminator":
            return before + step * self.labelled
        if is_likelihood(phase):
            return before
        if phase == "adversarial":
            return before + self.pretrain_sets * self.labelled + step * self.step
        return None


def is_likelihood(phase: str) -> bool:
    """Tell whether the iterations of a top-level phase are epochs of likelihood, of the generator or of a mediator."""
    return phase.startswith("pretrain_") and phase != "pretrain_discriminator"


def _cooperative(algorithm: Mapping[str, Any]) -> float:
    """Return the rows that a round of cooperative training reads, in forward passes of any network."""
    mediator = algorithm["mediators"] * (0.5 + _TRAINED)  # half the rows are drawn
    generator = 1 + algorithm["mediators"] + _TRAINED  # all are drawn, judged and learned from
    return float(algorithm["batch"] * (algorithm["m_steps"] * mediator + algorithm["g_steps"] * generator))


def _ratio(config: Mapping[str, Any]) -> float | None:
    """Return the rows that a round of the likelihood ratio reads, in forward passes; None where they are not known."""
    algorithm, reward = config["algorithm"], _reward(config)
    if config["credit"]["name"] != "sequence" or algorithm["mle_weight"] > 0:
        return None
    models = {
        "likelihood_ratio": algorithm["mediators"],
        "random_likelihood_ratio": 1,
        "start_likelihood_ratio": 1,
    }.get(reward)
    if models is None and reward != "constant":
        return None
    judged = 0 if models is None else models + 1  # the generator's own density is asked too
    return float(algorithm["g_steps"] * algorithm["batch"] * (1 + judged + _TRAINED))


def _reward(config: Mapping[str, Any]) -> str:
    """Return the name of the reward, that of the one inside where it is shuffled."""
    reward = config.get("reward", {"name": "discriminator"})
    return str(reward["of"]["name"] if reward["name"] == "shuffled" else reward["name"])


def _score(config: Mapping[str, Any], length: int) -> float | None:
    """Return the operations of one score, 0 where no network is asked, None where it is unknown."""
    network, reward = config.get("discriminator"), _reward(config)
    if network is None or reward == "constant":
        return 0.0
    if network["name"] != "cnn_highway" or reward not in ("discriminator", "random_discriminator"):
        return None
    sizes = zip(network["windows"], network["filters"], strict=True)
    windows = {width: max(1, round(count * network["scale"])) for width, count in sizes}
    return score_flop(windows, network["embedding"], length)


def _walk(config: Mapping[str, Any], length: int) -> tuple[float, float] | None:
    """Return the tokens drawn in rollouts and the sequences scored, for one row, None for an unknown credit rule."""
    credit = config.get("credit", {"name": "sequence"})
    if credit["name"] == "sequence":
        return 0.0, 1.0
    if credit["name"] == "monte_carlo":
        rollouts = credit["rollouts"]
        return rollouts * length * (length - 1) / 2, rollouts * (length - 1) + 1
    return None
