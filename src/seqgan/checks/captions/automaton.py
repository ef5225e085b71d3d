"""From a probabilistic grammar without recursion to a deterministic automaton with exact probabilities.

A state of the automaton is a belief: the probability of every stack of symbols that may still have to be written, given
the words so far. Words that leave the same belief share a state. Ambiguous sentences need no care: the
belief sums over all their derivations, as the inside algorithm does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from seqgan.errors import DataError

Rules = dict[str, list[tuple[float, tuple[str, ...]]]]
_Stack = tuple[str, ...]
_Belief = tuple[tuple[_Stack, float], ...]
_END = ""


def parse(text: str) -> Rules:
    """Read ``NAME: weight symbol symbol | ...`` lines; the probabilities of a name's alternatives sum to 1.

    Raises DataError naming the line where a rule is malformed, a name has no rule or a rule leads back to itself.
    """
    rules: Rules = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        name, colon, body = line.partition(":")
        if not colon or not name.strip().isupper():
            raise DataError(f"Line {number} of the grammar is no rule: '{line}'.", "Write 'NAME: words | words'.")
        rules.setdefault(name.strip(), []).extend(_alternative(part, number) for part in body.split("|"))
    for name, alternatives in rules.items():
        total = sum(weight for weight, _ in alternatives)
        rules[name] = [(weight / total, symbols) for weight, symbols in alternatives]
    _refuse_loops(rules)
    return rules


def _alternative(text: str, number: int) -> tuple[float, tuple[str, ...]]:
    symbols = text.split()
    weight = 1.0
    if symbols and symbols[0].isdigit():
        weight = float(symbols.pop(0))
    if not symbols or weight <= 0:
        raise DataError(f"Line {number} of the grammar has an empty alternative.", "Write '-' for the empty phrase.")
    return weight, () if symbols == ["-"] else tuple(symbols)


def _refuse_loops(rules: Rules) -> None:
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            raise DataError(f"The grammar's rule {name} leads back to itself.", "Unroll it to a fixed depth.")
        if name in done:
            return
        if name not in rules:
            raise DataError(f"The grammar has no rule for {name}.", "Add one, or write the word in lower case.")
        for _, symbols in rules[name]:
            for symbol in symbols:
                if symbol.isupper():
                    visit(symbol, (*path, name))
        done.add(name)

    for name in rules:
        visit(name, ())


class _Compiler:
    """Explores the beliefs that a grammar can reach; holds the caches of one compilation."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._leaves: dict[_Stack, dict[tuple[str, _Stack], float]] = {}

    def leaves(self, stack: _Stack) -> dict[tuple[str, _Stack], float]:
        """Return the probability of every (first word, stack after it)."""
        known = self._leaves.get(stack)
        if known is not None:
            return known
        found: dict[tuple[str, _Stack], float] = {}
        if not stack:
            found[_END, ()] = 1.0
        elif not stack[0].isupper():
            found[stack[0], stack[1:]] = 1.0
        else:
            for probability, symbols in self.rules[stack[0]]:
                for leaf, share in self.leaves(symbols + stack[1:]).items():
                    found[leaf] = found.get(leaf, 0.0) + probability * share
        self._leaves[stack] = found
        return found

    def steps(self, belief: _Belief) -> dict[str, tuple[float, _Belief]]:
        """Return each next word's probability and the belief after it."""
        rest: dict[str, dict[_Stack, float]] = {}
        for stack, weight in belief:
            for (word, after), share in self.leaves(stack).items():
                stacks = rest.setdefault(word, {})
                stacks[after] = stacks.get(after, 0.0) + weight * share
        return {word: self._normal(stacks) for word, stacks in rest.items()}

    @staticmethod
    def _normal(stacks: dict[_Stack, float]) -> tuple[float, _Belief]:
        total = sum(stacks.values())
        # Rounding to 12 digits lets equal beliefs meet in one state; it moves a log-probability by less than 1e-11.
        return total, tuple(sorted((stack, round(share / total, 12)) for stack, share in stacks.items()))


@dataclass(frozen=True)
class Automaton:
    """A finite language with exact probabilities: S states, V words, the end symbol has the id V.

    ``next_state`` and ``log_step`` (S, V + 1): the state after a symbol and the natural logarithm of its probability
    (-inf where it cannot come). State 0 is the start, the last state is reached by the end symbol only.
    ``longest`` is the number of words of the longest sentence.
    """

    words: tuple[str, ...]
    next_state: NDArray[np.int32]
    log_step: NDArray[np.float64]
    longest: int

    @classmethod
    def from_rules(cls, text: str, start: str = "CAPTION") -> Automaton:
        """Compile a grammar; raises DataError for a malformed one."""
        rules = parse(text)
        words = tuple(sorted({s for a in rules.values() for _, symbols in a for s in symbols if not s.isupper()}))
        arcs = _explore(_Compiler(rules), start)
        number = {word: i for i, word in enumerate(words)} | {_END: len(words)}
        next_state = np.full((len(arcs) + 1, len(words) + 1), len(arcs), np.int32)
        log_step = np.full(next_state.shape, -np.inf)
        for state, steps in enumerate(arcs):
            columns = [number[word] for word in steps]
            next_state[state, columns] = [target if target >= 0 else len(arcs) for _, target in steps.values()]
            shares = np.array([share for share, _ in steps.values()])
            log_step[state, columns] = np.log(shares / shares.sum())
        return cls(words, next_state, log_step, _longest(next_state, log_step) - 1)

    @property
    def end(self) -> int:
        """Return the id of the end symbol."""
        return len(self.words)

    def log_prob(self, ids: NDArray[np.integer], lengths: NDArray[np.integer]) -> NDArray[np.float64]:
        """Return the natural log-probabilities (B,) of rows ``ids`` (B, T) of ``lengths`` (B,), end symbol included.

        What stands beyond a row's length never counts. A row that is no sentence, or has no end symbol, gets -inf.
        """
        state = np.zeros(len(ids), np.int64)
        total = np.zeros(len(ids))
        last = np.full(len(ids), -1, np.int64)
        for t in range(ids.shape[1]):
            live = t < lengths
            symbol = np.where(live, ids[:, t], 0)
            total += np.where(live, self.log_step[state, symbol], 0.0)
            state = np.where(live, self.next_state[state, symbol], state)
            last = np.where(live, symbol, last)
        return np.where(last == self.end, total, -np.inf)

    def sample(self, n: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Draw n sentences: ids (n, longest + 1), padded with the end symbol, and lengths (n,) including it."""
        offsets, symbols = self._drawing_table()
        ids = np.full((n, self.longest + 1), self.end, np.int64)
        state = np.zeros(n, np.int64)
        lengths = np.zeros(n, np.int64)
        rows = np.arange(n)
        for t in range(ids.shape[1]):
            place = np.searchsorted(offsets, state[rows] + rng.random(len(rows)), side="right")
            drawn = symbols[place]
            ids[rows, t] = drawn
            lengths[rows] = t + 1
            state[rows] = self.next_state[state[rows], drawn]
            rows = rows[drawn != self.end]
            if not len(rows):
                break
        return ids, lengths

    def _drawing_table(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        # One increasing array for all states: the steps of state s divide the interval [s, s + 1).
        states, symbols = np.nonzero(np.isfinite(self.log_step))
        shares = np.exp(self.log_step[states, symbols])
        running = np.cumsum(shares)
        first = np.searchsorted(states, states, side="left")
        inside = running - (running[first] - shares[first])
        is_last = np.append(states[1:] != states[:-1], True)
        inside[is_last] = 1.0
        return states + np.minimum(inside, 1.0), symbols

    def accepts(self, tokens: Sequence[str]) -> bool:
        """Say whether the words form a sentence of the language."""
        state = 0
        for symbol in [*(self._numbers.get(token, -1) for token in tokens), self.end]:
            if symbol < 0 or not np.isfinite(self.log_step[state, symbol]):
                return False
            state = int(self.next_state[state, symbol])
        return True

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {word: i for i, word in enumerate(self.words)}

    def expectations(self) -> tuple[float, float]:
        """Return the exact entropy of a sentence in nats and its expected length with the end symbol."""
        shares = np.where(np.isfinite(self.log_step), np.exp(self.log_step), 0.0)
        surprise = -(shares * np.where(shares > 0, self.log_step, 0.0)).sum(axis=1)
        here: NDArray[np.float64] = np.zeros(len(shares))
        here[0] = 1.0
        entropy = length = 0.0
        for _ in range(self.longest + 1):
            entropy += float(here @ surprise)
            length += float(here[:-1].sum())
            flow = (here[:, None] * shares).ravel()
            here = np.bincount(self.next_state.ravel(), flow, minlength=len(here)).astype(np.float64)
        return entropy, length

    def sentences(self) -> Iterator[tuple[tuple[int, ...], float]]:
        """Yield every sentence (ids without the end symbol) with its log-probability; for small grammars."""
        waiting: list[tuple[int, tuple[int, ...], float]] = [(0, (), 0.0)]
        while waiting:
            state, prefix, total = waiting.pop()
            for symbol in np.flatnonzero(np.isfinite(self.log_step[state])):
                gain = total + float(self.log_step[state, symbol])
                if symbol == self.end:
                    yield prefix, gain
                else:
                    waiting.append((int(self.next_state[state, symbol]), (*prefix, int(symbol)), gain))


def _explore(compiler: _Compiler, start: str) -> list[dict[str, tuple[float, int]]]:
    """Return, state by state, each word's probability and the number of the state after it (-1 after the end)."""
    first: _Belief = (((start,), 1.0),)
    states: dict[_Belief, int] = {first: 0}
    queue = [first]
    arcs: list[dict[str, tuple[float, int]]] = []
    for belief in queue:
        steps: dict[str, tuple[float, int]] = {}
        for word, (share, after) in sorted(compiler.steps(belief).items()):
            if word == _END:
                steps[word] = (share, -1)
                continue
            if after not in states:
                states[after] = len(queue)
                queue.append(after)
            steps[word] = (share, states[after])
        arcs.append(steps)
    return arcs


def _longest(next_state: NDArray[np.int32], log_step: NDArray[np.float64]) -> int:
    possible = np.isfinite(log_step)
    depth = np.zeros(len(next_state), np.int64)
    while True:
        deeper = np.where(possible, depth[next_state] + 1, 0).max(axis=1)
        if np.array_equal(deeper, depth):
            return int(depth[0])
        depth = deeper
