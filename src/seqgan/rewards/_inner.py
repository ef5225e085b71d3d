"""Rewards inside a reward: the settings of one that another one names, and the reward made from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from seqgan import config, registry
from seqgan.errors import ConfigError
from seqgan.rewards import Parts, Reward


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


def inner_reward(place: str, name: str, settings: config.Settings, parts: Parts) -> Reward:
    """Return the reward ``name``, whose settings stand at ``place`` in the outer one's; raises what it raises."""
    own = replace(parts, table=f"{parts.table}.{place}")
    reward: Reward = registry.load("rewards", name).create(settings, own)
    return reward
