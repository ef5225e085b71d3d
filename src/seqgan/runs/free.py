"""Settings that may differ between two processes of a run: they change how it is carried out, not what it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FREE = {"run": ("checkpoint_minutes", "keep_checkpoints"), "reward": ("on_error",)}
"""By section of ``config.toml``; a reward inside another reward is as free as one that stands alone."""


def binding(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of ``config`` (nested plain data) that every process of a run must share."""
    return {section: _without(values, FREE.get(section, ())) for section, values in config.items()}


def _without(values: Any, free: tuple[str, ...]) -> Any:
    """Leave out the settings called as in ``free``, in tables inside tables too; a table may have any name."""
    if not isinstance(values, Mapping):
        return values
    kept = {key: inner for key, inner in values.items() if isinstance(inner, Mapping) or key not in free}
    return {key: _without(inner, free) for key, inner in kept.items()}
