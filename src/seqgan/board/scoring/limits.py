"""What a scoring process may use: memory, processor time, files; set by the process itself before it reads anything."""

from __future__ import annotations

from dataclasses import dataclass

GIB = 2**30


@dataclass(frozen=True)
class Limits:
    """Address space in bytes, processor seconds, and seconds on the clock after which the worker ends the process."""

    memory: int = 8 * GIB
    processor: int = 900
    clock: int = 1800


def apply(limits: Limits) -> bool:
    """Limit this process for good; returns False on a system that has no such limits (Windows)."""
    try:
        import resource
    except ImportError:
        return False
    wanted = {
        resource.RLIMIT_AS: limits.memory,
        resource.RLIMIT_CPU: limits.processor,
        resource.RLIMIT_FSIZE: 2**20,  # it writes nothing but compiled modules
        resource.RLIMIT_CORE: 0,
    }
    for which, value in wanted.items():
        hard = resource.getrlimit(which)[1]
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        # A second between the two, so that the system says why before it kills.
        above = most + 1 if which == resource.RLIMIT_CPU and hard == resource.RLIM_INFINITY else most
        resource.setrlimit(which, (most, above))
    return True


def peak_bytes() -> int:
    """Return the most memory that this process held at once; 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
