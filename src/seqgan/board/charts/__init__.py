"""Charts as SVG made on the server: they work without scripts and follow the page in light and dark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markupsafe import Markup


def drawings() -> dict[str, Callable[..., Markup]]:
    """Return the charts under the names that templates use."""
    from seqgan.board.charts.bars import bars
    from seqgan.board.charts.plane import plane
    from seqgan.board.charts.timeline import sparkline, timeline

    found: dict[str, Any] = {"timeline": timeline, "sparkline": sparkline, "plane_chart": plane, "bars": bars}
    return found
