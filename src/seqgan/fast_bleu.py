"""BLEU and self-BLEU with the names and call shapes of the package fast-bleu, so that its users change one import.

    from seqgan.fast_bleu import BLEU, SelfBLEU        # was: from fast_bleu import BLEU, SelfBLEU

    weights = {"bigram": (1 / 2, 1 / 2), "trigram": (1 / 3, 1 / 3, 1 / 3)}
    BLEU(references, weights).get_score(hypotheses)    # {"bigram": [..], "trigram": [..]}, one value a hypothesis
    SelfBLEU(sentences, weights).get_score()

Rows are lists of tokens; as there, every token becomes a string, and a row that is itself a string is taken letter by
letter. The values equal those of fast-bleu 0.0.90 to 1e-6 (it computes in single precision in places), with smoothing 0
and 1 and any weights. What differs: a weighting of one order is allowed; no references, or fewer than two
sentences for ``SelfBLEU``, raise an error where fast-bleu answers 0 or crashes; and where one sentence is shorter than
all others, its length is compared with theirs, as NLTK does, while fast-bleu spares it the brevity penalty.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from seqgan.errors import ConfigError, DataError
from seqgan.stats import ngrams
from seqgan.stats.sentence_bleu import log_precisions, weighted_bleu

Weights = Mapping[Any, Sequence[float]]
UNIFORM = {4: (0.25, 0.25, 0.25, 0.25)}
_LOG_OF_NOTHING = -16382 * math.log(2)  # of the smallest long double: what an order without a match has, unsmoothed
_TOLERANCE = 1e-9


class BLEU:
    """BLEU of any number of hypotheses against one fixed reference set, all references shared.

    ``lines_of_tokens`` are the references, ``weights`` maps a name to the weights of the orders 1, 2, ..;
    ``smoothing_func`` 0 is none, 1 turns a matched count of 0 into 0.1 (NLTK's methods 0 and 1). ``auto_reweight``
    has no effect, as in fast-bleu, and gives a warning; ``verbose`` has none either. Raises ConfigError for weights
    that do not add up to 1 or another smoothing, DataError without references.
    """

    def __init__(
        self,
        lines_of_tokens: Iterable[Iterable[Hashable]],
        weights: Weights = UNIFORM,
        smoothing_func: int = 1,
        auto_reweight: bool = False,
        verbose: bool = False,
    ) -> None:
        self._weights = _checked(weights, smoothing_func, auto_reweight)
        self._smoothing = smoothing_func
        references = _as_strings(lines_of_tokens)
        if not references:
            raise DataError("There are no references.", "Give at least one list of tokens.")
        self._references = ngrams.index(references, _highest(self._weights))

    def get_score(self, hypotheses: Iterable[Iterable[Hashable]]) -> dict[Any, list[float]]:
        """Return the BLEU of every hypothesis under every name in the weights, in [0, 1]; a blank one has 0."""
        found = ngrams.match(self._references, _as_strings(hypotheses))
        return _scores(found, self._weights, self._smoothing)


class SelfBLEU:
    """BLEU of every sentence of a set against all the others; arguments as for :class:`BLEU`.

    Raises DataError for fewer than two sentences.
    """

    def __init__(
        self,
        lines_of_tokens: Iterable[Iterable[Hashable]],
        weights: Weights = UNIFORM,
        smoothing_func: int = 1,
        auto_reweight: bool = False,
        verbose: bool = False,
    ) -> None:
        self._weights = _checked(weights, smoothing_func, auto_reweight)
        self._smoothing = smoothing_func
        sentences = _as_strings(lines_of_tokens)
        if len(sentences) < 2:
            raise DataError(f"There are {len(sentences)} sentences, and 2 are needed.", "Self-BLEU compares them.")
        self._found = ngrams.leave_one_out(sentences, _highest(self._weights))

    def get_score(self) -> dict[Any, list[float]]:
        """Return the BLEU of every sentence against the others under every name in the weights, in [0, 1]."""
        return _scores(self._found, self._weights, self._smoothing)


def _as_strings(rows: Iterable[Iterable[Hashable]]) -> list[list[str]]:
    return [list(map(str, row)) for row in rows]


def _checked(weights: Weights, smoothing: int, auto_reweight: bool) -> dict[Any, tuple[float, ...]]:
    if smoothing not in (0, 1):
        raise ConfigError(f"There is no smoothing function {smoothing!r}.", "Take 0 (none) or 1 (0 becomes 0.1).")
    chosen = {name: tuple(map(float, each)) for name, each in weights.items()}
    wrong = [name for name, each in chosen.items() if not each or not abs(1 - math.fsum(each)) < _TOLERANCE]
    if wrong or not chosen:
        raise ConfigError(f"The weights of {wrong} do not add up to 1.", "Write them as {4: (0.25, 0.25, 0.25, 0.25)}.")
    if auto_reweight:
        warnings.warn("auto_reweight has no effect, as in fast-bleu; leave it out.", stacklevel=3)
    return chosen


def _highest(weights: Mapping[Any, tuple[float, ...]]) -> int:
    return max(map(len, weights.values()))


def _scores(
    found: ngrams.Statistics, weights: Mapping[Any, tuple[float, ...]], smoothing: int
) -> dict[Any, list[float]]:
    logs = log_precisions(found, "texygen" if smoothing else "strict")
    logs = np.maximum(logs, _LOG_OF_NOTHING)
    return {name: weighted_bleu(found, logs, each).tolist() for name, each in weights.items()}
