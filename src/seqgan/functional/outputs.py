"""Next-token distributions, computed no further than a caller needs.

A generator's head is a matrix product with as many columns as the vocabulary has words. Everything here walks
over rows in blocks that fit the processor's cache, so the logits of a whole batch never exist at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from seqgan.errors import ShapeError

LOG2_E = 1.4426950408889634
_BLOCK_VALUES = 2_000_000
_CACHE = 128
_SAFE_EXPONENT = 100.0
_COLDEST = 1e-6


class Output:
    """Next-token distributions: features (..., H) with a linear head (V, H), or plain logits (..., V)."""

    def __init__(self, features: Tensor, weight: Tensor | None = None, bias: Tensor | None = None) -> None:
        """Hold the parts; without ``weight`` the features are the logits themselves."""
        self.features, self.weight, self.bias = features, weight, bias

    @classmethod
    def dense(cls, logits: Tensor) -> Output:
        """Return an output made of plain logits (..., V)."""
        return cls(logits)

    @classmethod
    def geometric_mean(cls, outputs: Iterable[Output]) -> Output:
        """Return distributions whose probabilities are, up to their sum, the geometric mean of those of ``outputs``.

        All have one shape (...) and one vocabulary; the log-probabilities (..., V) of two exist at once. Source: Genest
        and Zidek 1986 (logarithmic opinion pool, equal weights).
        """
        total, count = None, 0
        for output in outputs:
            found = output.logits.log_softmax(-1)
            total, count = found if total is None else total + found, count + 1
        if total is None:
            raise ShapeError("There is no output to take the mean of.")
        return cls.dense(total / count)

    @property
    def logits(self) -> Tensor:
        """Return the logits (..., V); for large vocabularies prefer :meth:`log_prob` and :meth:`sample`."""
        if self.weight is None:
            return self.features
        return functional.linear(self.features, self.weight, self.bias)

    def log_prob(self, tokens: Tensor) -> Tensor:
        """Return the natural-log probability (...) of ``tokens`` (...), differentiable once."""
        if tokens.shape != self.features.shape[:-1]:
            raise ShapeError(f"tokens {tuple(tokens.shape)} do not fit an output {tuple(self.features.shape[:-1])}.")
        if self.weight is None:
            return functional.log_softmax(self.features, -1).gather(-1, tokens[..., None]).squeeze(-1)
        flat = self.features.reshape(-1, self.features.shape[-1])
        picked: Tensor = _LinearLogProb.apply(flat, self.weight, self.bias, tokens.reshape(-1))  # type: ignore[no-untyped-call]
        return picked.view(tokens.shape)

    def weighted_log_prob(self, tokens: Tensor, weights: Tensor) -> Tensor:
        """Return the scalar sum of ``weights * log_prob(tokens)``; constant weights, one pass for value and gradient.

        Equal to ``(weights * output.log_prob(tokens)).sum()`` for weights that need no gradient, and faster.
        Tokens of weight 0 (padding) cost nothing.
        """
        rows = weights.reshape(-1).nonzero().squeeze(-1)
        flat = self.features.reshape(-1, self.features.shape[-1])
        tokens, weights = tokens.reshape(-1), weights.reshape(-1)
        if len(rows) < len(weights):
            flat, tokens, weights = flat[rows], tokens[rows], weights[rows]
        # inside the function below nobody could tell that no gradient is asked for, and it would make them
        if self.weight is None or weights.requires_grad or not torch.is_grad_enabled():
            return (weights * Output(flat, self.weight, self.bias).log_prob(tokens)).sum()
        total: Tensor = _WeightedLogProb.apply(flat, self.weight, self.bias, tokens, weights)  # type: ignore[no-untyped-call]
        return total

    @torch.no_grad()
    def sample(self, rng: torch.Generator, temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0) -> Tensor:
        """Draw one token (...) from each distribution, one uniform number a row (inverse of the cumulative sum).

        ``temperature`` divides the logits (below 1e-6: the likeliest token), ``top_k`` keeps the k likeliest tokens
        (0: all), ``top_p`` the smallest set that holds that share of the probability, after the temperature.
        """
        shape = self.features.shape[:-1]
        flat = self.features.reshape(-1, self.features.shape[-1])
        if temperature < _COLDEST or top_k == 1:
            return Output(flat, self.weight, self.bias).logits.argmax(-1).view(shape)
        uniform = torch.rand(len(flat), generator=rng, device=flat.device)
        head = self._packed(1.0 / temperature)
        tokens = torch.empty(len(flat), dtype=torch.long, device=flat.device)
        shift = _needs_shift(flat, *head) or top_k > 0 or top_p < 1
        for rows, scores in _blocks(flat, *head):
            if shift:
                scores -= scores.amax(-1, keepdim=True)
            scores = scores.exp2_()
            if top_k > 0 or top_p < 1:
                scores = _keep_likeliest(scores, top_k, top_p)
            tokens[rows] = _invert(scores, uniform[rows])
        return tokens.view(shape)

    @torch.no_grad()
    def drawn_log_prob(self, tokens: Tensor, temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0) -> Tensor:
        """Return the natural-log probability (...) with which :meth:`sample`, so asked, draws ``tokens`` (...).

        -inf where ``top_k`` or ``top_p`` leaves a token out. ``temperature`` is above 0. No gradient.
        """
        if temperature == 1.0 and not top_k and top_p >= 1:
            return self.log_prob(tokens)
        if not top_k and top_p >= 1:
            bias = None if self.bias is None else self.bias / temperature
            return Output(self.features / temperature, self.weight, bias).log_prob(tokens)
        flat, drawn = self.features.reshape(-1, self.features.shape[-1]), tokens.reshape(-1)
        found = flat.new_empty(len(flat))
        for rows, scores in _blocks(flat, *self._packed(1.0 / temperature)):
            kept = _keep_likeliest((scores - scores.amax(-1, keepdim=True)).exp2_(), top_k, top_p)
            found[rows] = (kept.gather(1, drawn[rows, None]).squeeze(1) / kept.sum(-1)).log()
        return found.view(tokens.shape)

    def _packed(self, scale: float) -> tuple[Tensor | None, Tensor | None, int]:
        """Return the head as (H, V') in units of log2, V' padded to whole blocks of columns that have probability 0."""
        scale *= LOG2_E
        if self.weight is None:
            return None, torch.tensor(scale, device=self.features.device), self.features.shape[-1]
        vocabulary = len(self.weight)
        spare = -vocabulary % _CACHE
        weight = functional.pad(self.weight.detach().t() * scale, (0, spare))
        bias = weight.new_zeros(vocabulary) if self.bias is None else self.bias.detach() * scale
        return weight, functional.pad(bias, (0, spare), value=-torch.inf), vocabulary


def _needs_shift(flat: Tensor, weight: Tensor | None, bias: Tensor | None, vocabulary: int) -> bool:
    """Tell whether 2**score could leave the range of fp32, from norms alone (Cauchy-Schwarz)."""
    if weight is None or bias is None or len(flat) == 0:
        return True
    bound = flat.norm(dim=1).max() * weight.norm(dim=0).max() + bias[:vocabulary].abs().max()
    return not bool(bound < _SAFE_EXPONENT)


def _blocks(flat: Tensor, weight: Tensor | None, bias: Tensor | None, vocabulary: int) -> Any:
    """Yield (rows, scores) with scores in log2 units in a buffer that is reused from block to block."""
    width = vocabulary if weight is None else weight.shape[1]
    size = max(16, _BLOCK_VALUES // width)
    buffer = None
    for start in range(0, len(flat), size):
        rows = slice(start, min(start + size, len(flat)))
        part = flat[rows]
        assert bias is not None
        if weight is None:
            yield rows, part.float() * bias
            continue
        if buffer is None:
            buffer = torch.empty(min(size, len(flat)), width, device=flat.device, dtype=flat.dtype)
        scores = buffer[: len(part)]
        yield rows, torch.addmm(bias, part, weight, out=scores)


def _invert(mass: Tensor, uniform: Tensor) -> Tensor:
    """Return for every row of ``mass`` (R, V) the token at which the running sum passes ``uniform`` (R,) of the total.

    Two levels: sums of column blocks first, then the running sum inside the one block that holds the answer;
    a token of mass 0 is never returned.
    """
    if mass.shape[1] % _CACHE:
        mass = functional.pad(mass, (0, -mass.shape[1] % _CACHE))
    cells = mass.view(len(mass), -1, _CACHE)
    outer = cells.sum(-1).cumsum(-1)
    target = uniform[:, None] * outer[:, -1:]
    block = _first_above(outer, target)
    before = outer.gather(1, (block - 1).clamp(min=0)).masked_fill(block == 0, 0.0)
    inner = cells.gather(1, block[:, :, None].expand(-1, -1, _CACHE)).squeeze(1).cumsum(-1)
    return (block * _CACHE + _first_above(inner, target - before)).squeeze(1)


def _first_above(running: Tensor, target: Tensor) -> Tensor:
    """Return the first index whose running sum exceeds the target; rounding never leads past the last mass."""
    found = (running <= target).sum(-1, keepdim=True)
    return torch.minimum(found, (running < running[:, -1:]).sum(-1, keepdim=True))


def _keep_likeliest(mass: Tensor, top_k: int, top_p: float) -> Tensor:
    if top_k > 0:
        values, places = mass.topk(min(top_k, mass.shape[1]), dim=-1)
        mass = torch.zeros_like(mass).scatter_(1, places, values)
    if top_p < 1:
        ordered, order = mass.sort(dim=-1, descending=True)
        before = ordered.cumsum(-1) - ordered
        ordered = ordered * (before < top_p * ordered.sum(-1, keepdim=True))
        mass = torch.zeros_like(mass).scatter_(1, order, ordered)
    return mass


class _LinearLogProb(torch.autograd.Function):
    """log softmax(h W' + b)[token] a row, forward and backward in cache-sized blocks of rows."""

    @staticmethod
    def forward(ctx: Any, flat: Tensor, weight: Tensor, bias: Tensor | None, tokens: Tensor) -> Tensor:
        head = Output(flat, weight, bias)._packed(1.0)
        shift = _needs_shift(flat, *head)
        result = flat.new_empty(len(flat))
        for rows, scores in _blocks(flat, *head):
            picked = scores.gather(1, tokens[rows, None]).squeeze(1)
            result[rows] = (picked - _exponentiate(scores, shift)[1]) / LOG2_E
        ctx.save_for_backward(flat, weight, bias, tokens)
        return result

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        flat, weight, bias, tokens = ctx.saved_tensors
        totals = _Gradients(flat, weight, bias)
        head = Output(flat, weight, bias)._packed(1.0)
        shift = _needs_shift(flat, *head)
        for rows, scores in _blocks(flat, *head):
            mass, _ = _exponentiate(scores, shift)
            totals.add(rows, scores, mass, tokens[rows], grads[0][rows])
        return (*totals.finish(), None)


class _WeightedLogProb(torch.autograd.Function):
    """sum(w * log softmax(h W' + b)[token]): the gradient is made beside the value, while a block is in the cache."""

    @staticmethod
    def forward(ctx: Any, flat: Tensor, weight: Tensor, bias: Tensor | None, tokens: Tensor, weights: Tensor) -> Tensor:
        head = Output(flat, weight, bias)._packed(1.0)
        shift = _needs_shift(flat, *head)
        needed = any(ctx.needs_input_grad[:3])
        totals = _Gradients(flat, weight, bias) if needed else None
        total = flat.new_zeros(())
        for rows, scores in _blocks(flat, *head):
            picked = scores.gather(1, tokens[rows, None]).squeeze(1)
            mass, log_mass = _exponentiate(scores, shift)
            total += ((picked - log_mass) * weights[rows]).sum() / LOG2_E
            if totals is not None:
                totals.add(rows, scores, mass, tokens[rows], weights[rows])
        if totals is not None:
            ctx.save_for_backward(*(part for part in totals.finish() if part is not None))
            ctx.has_bias = bias is not None
        return total

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        parts = [part * grads[0] for part in ctx.saved_tensors]
        return (*parts, *([] if ctx.has_bias else [None]), None, None)


def _exponentiate(scores: Tensor, shift: bool) -> tuple[Tensor, Tensor]:
    """Leave 2**(scores - shift) in ``scores``; return its sum a row (R,) and log2 of the unshifted sum (R,)."""
    if not shift:
        mass = scores.exp2_().sum(-1)
        return mass, mass.log2()
    most = scores.amax(-1, keepdim=True)
    mass = scores.sub_(most).exp2_().sum(-1)
    return mass, mass.log2() + most.squeeze(1)


class _Gradients:
    """Sums of the gradient of a weighted log-probability with respect to features, weight and bias."""

    def __init__(self, flat: Tensor, weight: Tensor, bias: Tensor | None) -> None:
        self.weight = weight.detach()
        self.padded = functional.pad(self.weight.t(), (0, -len(weight) % _CACHE)).t()
        self.flat = flat.detach()
        self.features = torch.empty_like(self.flat)
        self.head = self.padded.new_zeros(flat.shape[1], len(self.padded))
        self.bias = None if bias is None else flat.new_zeros(len(self.padded))

    def add(self, rows: slice, scores: Tensor, mass: Tensor, tokens: Tensor, upstream: Tensor) -> None:
        """Add a block: ``scores`` (R, V) probabilities times ``mass`` (R,), overwritten; ``upstream`` (R,)."""
        scores.mul_((-upstream / mass)[:, None])
        scores.scatter_add_(1, tokens[:, None], upstream[:, None])
        torch.mm(scores, self.padded, out=self.features[rows])
        self.head.addmm_(self.flat[rows].t(), scores)
        if self.bias is not None:
            self.bias += scores.sum(0)

    def finish(self) -> tuple[Tensor, Tensor, Tensor | None]:
        """Return the gradients of features (R, H), weight (V, H) and bias (V,)."""
        size = len(self.weight)
        return self.features, self.head[:, :size].t(), None if self.bias is None else self.bias[:size]
