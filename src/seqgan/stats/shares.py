"""Shares as a person reads them."""

from __future__ import annotations


def percent(share: float) -> str:
    """Return a share in [0, 1] in percent: whole from 1 to 99, with one decimal beyond, where a rest would be lost.

    >>> percent(0.123), percent(0.004), percent(0.0001), percent(0.9996), percent(1.0), percent(0.0)
    ('12 %', '0.4 %', 'under 0.1 %', 'over 99.9 %', '100 %', '0 %')
    """
    if share in (0, 1) or 0.01 <= share <= 0.99:
        return f"{share:.0%}".replace("%", " %")
    if share < 0.001:
        return "under 0.1 %"
    return "over 99.9 %" if share > 0.999 else f"{share:.1%}".replace("%", " %")
