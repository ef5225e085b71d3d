"""A probabilistic grammar of English captions, written for this project, and the machine that makes it exact."""

from __future__ import annotations

from functools import lru_cache

from seqgan.checks.captions.automaton import Automaton as Automaton
from seqgan.checks.captions.rules import RULES as RULES


@lru_cache(maxsize=1)
def captions() -> Automaton:
    """Return the automaton of the caption grammar, compiled once a process (well under a second)."""
    return Automaton.from_rules(RULES)
