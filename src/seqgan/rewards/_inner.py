"""Rewards inside a reward: the settings of one that another one names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from seqgan import config, registry
from seqgan.errors import ConfigError


def inner_settings(label: str, name: str, values: Mapping[str, Any]) -> config.Settings:
    """Return the checked settings of the reward ``name``; raises ValueError (for a validator) naming ``label``."""
    try:
        settings: config.Settings = registry.load("rewards", name).Settings.model_validate(dict(values))
    except ConfigError as error:
        raise ValueError(str(error)) from error
    except ValidationError as error:
        faults = "; ".join(f"{label}.{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ValueError(faults) from error
    return settings
