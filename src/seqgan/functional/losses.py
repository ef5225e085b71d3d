"""Losses as pure formulas on tensors: maximum likelihood, policy gradient, cross entropy of a discriminator.

B batch, T time. Functions of sequences read a mask (B, T); what stands at padding, even an infinity or a NaN,
changes neither a value nor a gradient.
"""

from __future__ import annotations

from typing import Literal

from torch import Tensor
from torch.nn.functional import softplus

from seqgan.errors import ShapeError
from seqgan.functional.outputs import Output

Normalise = Literal["rows", "tokens", "none"]


def same_shape(**tensors: Tensor) -> None:
    """Refuse tensors of different shapes.

    Raises ShapeError naming each tensor with its shape. Broadcasting would silently mix batch and time.
    """
    shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    if len(set(shapes.values())) > 1:
        listed = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ShapeError(f"These tensors must have one shape (B, T): {listed}.", "Align batch and time first.")


def sequence_nll(output: Output, tokens: Tensor, mask: Tensor) -> Tensor:
    """Return the negative log-likelihood in nats a token: total nats / total tokens.

    ``output`` holds the distributions (B, T) of the next token, ``tokens`` (B, T), ``mask`` (B, T); padding counts
    as no token. Raises ShapeError. Source: Yu et al. 2017, Alg. 1, line 2 (maximum likelihood).
    """
    same_shape(output=output.features[..., 0], tokens=tokens, mask=mask)
    return -output.weighted_log_prob(tokens, mask.to(output.features.dtype) / mask.sum().clamp(min=1))


def policy_gradient(
    output: Output, tokens: Tensor, weights: Tensor, mask: Tensor, normalise: Normalise = "rows"
) -> Tensor:
    """Return the loss whose gradient is minus the policy gradient: -sum of log-probability times weight.

    ``output`` holds the distributions (B, T) that the sampled ``tokens`` (B, T) are judged by, ``weights`` (B, T)
    the action values (taken as constants), ``mask`` (B, T); padding adds nothing. ``normalise`` divides by the
    number of rows ("rows": the unbiased estimate of the gradient of the expected reward), by the number of tokens
    ("tokens") or by 1 ("none": the authors' code, whose step therefore grows with the batch).
    Raises ShapeError. Source: Yu et al. 2017, Eq. 6 to 8.
    """
    same_shape(output=output.features[..., 0], tokens=tokens, weights=weights, mask=mask)
    divisors = {"rows": len(mask), "tokens": max(int(mask.sum()), 1), "none": 1}
    return -output.weighted_log_prob(tokens, weights.detach().masked_fill(~mask, 0.0) / divisors[normalise])


def next_token_divergence(output: Output, target: Output, mask: Tensor, own_weight: float = 1.0) -> Tensor:
    """Return the mean KL divergence KL(output || target) of the next-token distributions, nats a token.

    ``output`` and ``target`` hold distributions (B, T) over V tokens, ``mask`` (B, T); padding counts as no token. The
    target is a constant. With ``own_weight`` w below 1 it is the mean of w log output - log target over the output's
    tokens, no divergence any more: its minimum is the target to the power 1 / w. All B T V probabilities exist at once.
    Raises ShapeError. Source: Lu et al. 2019 (CoT, arXiv 1804.03782), the generator's objective (there w = 1).
    """
    same_shape(output=output.features[..., 0], target=target.features[..., 0], mask=mask)
    own = output.logits[mask].log_softmax(-1)
    judged = target.logits.detach()[mask].log_softmax(-1)
    return (own.exp() * (own_weight * own - judged)).sum() / mask.sum().clamp(min=1)


def binary_cross_entropy(scores: Tensor, is_real: Tensor) -> Tensor:
    """Return the mean cross entropy (nats a row) of a discriminator.

    ``scores`` (B,) logits, higher is more real; ``is_real`` (B,) booleans. It is log 2 at scores of 0.
    Raises ShapeError. Source: Yu et al. 2017, Eq. 5 (there a sum of two expectations; with as many real as
    generated rows this mean is half of it).
    """
    same_shape(scores=scores, is_real=is_real)
    return softplus(scores.where(~is_real, -scores)).mean()
