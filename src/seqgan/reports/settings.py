"""The settings of a run with the origin of each, for a table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seqgan import registry
from seqgan.config import PARTS, RunSettings, read_toml
from seqgan.errors import SeqganError
from seqgan.runs.folder import RunFolder


@dataclass(frozen=True)
class Setting:
    """One setting: its dotted key, its value, where that came from, what it means."""

    key: str
    value: Any
    origin: str
    meaning: str = ""

    @property
    def shown(self) -> str:
        """Return the value as it stands in a settings file."""
        return self.value if isinstance(self.value, str) else json.dumps(self.value, ensure_ascii=False)


def settings_rows(folder: RunFolder, events: Sequence[Mapping[str, Any]]) -> list[Setting]:
    """Return every setting of ``config.toml``.

    The origin is the one that the run recorded; where it recorded none, "default" or "set" by comparison with the
    default of the plugin. A plugin that is not installed here leaves the origin open.
    """
    if not folder.config.is_file():
        return []
    recorded: Mapping[str, str] = next(
        (event["origins"] for event in events if isinstance(event.get("origins"), Mapping)), {}
    )
    if not recorded:
        recorded = folder.read_environment().get("origins") or {}
    rows = []
    for section, value in read_toml(folder.config).items():
        if not isinstance(value, Mapping):
            rows.append(Setting(section, value, recorded.get(section, "")))
            continue
        fields = _fields(section, str(value.get("name", "")))
        for key, inner in value.items():
            default, meaning = fields.get(key, (None, ""))
            guess = "" if not fields or key == "name" else "default" if inner == default else "set"
            rows.append(Setting(f"{section}.{key}", inner, recorded.get(f"{section}.{key}", guess), meaning))
    return rows


def _fields(section: str, name: str) -> dict[str, tuple[Any, str]]:
    """Return default and description of every setting of a section, nothing where they cannot be known."""
    try:
        model = RunSettings if section == "run" else registry.load(PARTS[section], name).Settings
    except (SeqganError, KeyError):
        return {}
    return {key: (field.default, field.description or "") for key, field in model.model_fields.items()}
