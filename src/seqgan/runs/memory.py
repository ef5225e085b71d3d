"""Freed memory is kept for the next step instead of being handed back to the system after every one."""

from __future__ import annotations

import ctypes
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # names of glibc's malloc.h
_LARGEST = 1 << 30


def keep_freed_memory() -> bool:
    """Let the C library reuse large blocks; return whether it does.

    A training step makes and frees the same blocks of several megabytes again and again. By default each comes fresh
    from the system, page by page and filled with zeros: thousands of page faults a step, a tenth of its time and
    more. The peak of the memory stays as it is. Only where the C library is glibc.
    """
    if not sys.platform.startswith("linux"):
        return False
    choose = getattr(ctypes.CDLL(None), "mallopt", None)
    if choose is None:
        return False
    return bool(choose(_MMAP_THRESHOLD, _LARGEST)) and bool(choose(_TRIM_THRESHOLD, _LARGEST))
