"""Settings: defaults, then a TOML file, then dotted overrides; every fault at once, every value with its origin.

An experiment has one section a part (``[task]``, ``[generator]``, ...). ``name`` in a section chooses the
plugin file whose ``Settings`` class says what else the section may hold.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from seqgan import registry
from seqgan.errors import ConfigError, nearest

PARTS = {
    "task": "tasks",
    "algorithm": "algorithms",
    "generator": "generators",
    "discriminator": "discriminators",
    "reward": "rewards",
    "credit": "credit",
}


Cause = Literal["uniqueness", "not_finite", "discriminator_guesses", "discriminator_memorises", "reward_flat"]
"""What the collapse watch (``runs/watch``) looks for."""


class Settings(BaseModel):
    """Base of every settings class: unknown keys, infinities and NaN are refused, values never change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True, allow_inf_nan=False)


class RunSettings(Settings):
    """How a run is carried out; only ``device``, ``dtype``, ``threads`` and a rollback change what is learned."""

    device: str = Field("auto", pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$", description="auto, cpu, mps, cuda or cuda:N")
    dtype: Literal["fp32", "bf16"] = Field(
        "fp32", description="bf16 multiplies matrices in bfloat16; weights stay fp32"
    )
    threads: int = Field(0, ge=0, le=1024, description="CPU threads; 0 leaves PyTorch's choice")
    checkpoint_minutes: float = Field(5.0, ge=0, description="0 saves after every epoch of likelihood and every round")
    keep_checkpoints: int = Field(2, ge=2, le=20, description="checkpoints kept; older ones are the fallback")
    evaluate_every: int = Field(5, ge=1, description="steps of a phase between two evaluations")
    evaluate_samples: int = Field(1000, ge=10, description="sequences drawn for an evaluation in training")
    final_samples: int = Field(2000, ge=10, description="sequences drawn for the final table and samples/")
    on_collapse: Literal["warn", "stop", "rollback"] = Field("warn", description="what the collapse watch does")
    collapse_causes: tuple[Cause, ...] = Field(
        ("uniqueness", "not_finite"), description="what it does that for; every cause is warned of"
    )
    minimum_uniqueness: float = Field(
        0.2, ge=0, le=1, description="share of distinct sampled rows that raises the alarm"
    )


@dataclass(frozen=True)
class Experiment:
    """A resolved experiment: one settings object a part, plus where every value came from."""

    seed: int
    run: RunSettings
    names: dict[str, str]
    parts: dict[str, Settings]
    origins: dict[str, str]

    def as_dict(self) -> dict[str, Any]:
        """Return the experiment as nested plain data, the form of ``config.toml``."""
        data: dict[str, Any] = {"seed": self.seed}
        for part, name in self.names.items():
            data[part] = {"name": name, **_plain(self.parts[part])}
        data["run"] = _plain(self.run)
        return data

    def to_toml(self) -> str:
        """Return the experiment as TOML that :func:`resolve` reads back to an equal experiment."""
        return tomli_w.dumps(self.as_dict())


def _plain(settings: Settings) -> dict[str, Any]:
    return settings.model_dump(mode="json", exclude_none=True)


def read_toml(path: Path) -> dict[str, Any]:
    """Read an experiment file; raises ConfigError with the line where it is not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"There is no file {path}.", "Check the path.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.", "Correct that line.") from None


def parse_overrides(pairs: Sequence[str]) -> dict[str, Any]:
    """Turn ``a.b=value`` strings into nested data; a value that is not TOML is taken as a string."""
    data: dict[str, Any] = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not equals or not key.strip():
            raise ConfigError(
                f"'{pair}' is not a setting.", "Write it as section.key=value, for example generator.hidden=64."
            )
        *path, last = key.strip().split(".")
        place = data
        for step in path:
            place = place.setdefault(step, {})
            if not isinstance(place, dict):
                raise ConfigError(f"'{key}' sets a value inside a value.", "Give each setting once.")
        place[last] = _value(text.strip())
    return data


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"v = {text}")["v"]
    except tomllib.TOMLDecodeError:
        return text


def resolve(*layers: tuple[str, Mapping[str, Any]]) -> Experiment:
    """Merge ``(origin, data)`` layers, later ones winning, and check everything against the plugins' settings.

    Raises ConfigError listing all faults together, unknown keys with the nearest allowed one.
    """
    merged, origins = _merge(layers)
    faults: list[str] = []
    names, known = _part_names(merged)
    parts: dict[str, Settings] = {}
    for part, name in names.items():
        values = {k: v for k, v in merged.get(part, {}).items() if k != "name"}
        try:
            plugin = registry.load(PARTS[part], name)
        except ConfigError as error:
            faults.append(f"{part}.name: {error}")
            continue
        settings = _check(plugin.Settings, values, part, faults)
        if settings is not None:
            parts[part] = settings
    run = _check(RunSettings, merged.get("run", {}), "run", faults)
    seed = merged.get("seed", 1)
    if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
        faults.append(f"seed: must be a whole number from 0 up, not {seed!r}.")
    _unknown_sections(merged, names, known, faults)
    if faults:
        raise ConfigError("These settings cannot be used:\n  " + "\n  ".join(faults))
    assert isinstance(run, RunSettings)
    return Experiment(seed, run, names, parts, _all_origins(names, parts, run, origins))


def _merge(layers: Sequence[tuple[str, Mapping[str, Any]]]) -> tuple[dict[str, Any], dict[str, str]]:
    merged: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for origin, data in layers:
        for key, value in data.items():
            if isinstance(value, Mapping):
                section = merged.setdefault(key, {})
                if not isinstance(section, dict):
                    raise ConfigError(f"'{key}' is given as a value and as a section.", "Give it once.")
                _overlay(section, value)
                origins.update({f"{key}.{inner}": origin for inner in value})
            elif key in PARTS or key == "run":
                named = f"{key}.name={value}, or " if key in PARTS else ""
                raise ConfigError(f"'{key}' is a section, not a value: {value!r}.", f"Write {named}{key}.KEY=VALUE.")
            else:
                merged[key] = value
                origins[key] = origin
    return merged, {key: origin for key, origin in origins.items() if _is_given(merged, key)}


def _overlay(section: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Lay ``values`` over ``section``, tables inside tables too; another ``name`` drops the settings of the old one."""
    if "name" in values and values["name"] != section.get("name", values["name"]):
        section.clear()
    for key, value in values.items():
        before = section.get(key)
        if isinstance(value, Mapping):
            value = _overlay(dict(before) if isinstance(before, dict) else {}, value)
        section[key] = value
    return section


def _is_given(merged: Mapping[str, Any], key: str) -> bool:
    section, _, inner = key.partition(".")
    return not inner or inner in merged[section]


def _part_names(merged: dict[str, Any]) -> tuple[dict[str, str], bool]:
    """Return the plugin's name of every part, and whether the algorithm is known; an unknown one says no defaults."""
    given = {part: str(merged[part]["name"]) for part in PARTS if "name" in merged.get(part, {})}
    names = {"task": "oracle_grammar", "algorithm": "seqgan"}
    names |= {part: given[part] for part in names if part in given}
    if names["algorithm"] not in registry.names("algorithms"):
        return names | given, False
    for part, default in registry.load("algorithms", names["algorithm"]).PARTS.items():
        names[part] = given.get(part, default)
    return names, True


def _check(kind: type[Settings], values: Mapping[str, Any], part: str, faults: list[str]) -> Settings | None:
    try:
        return kind.model_validate(dict(values))
    except ValidationError as error:
        for fault in error.errors():
            where = ".".join([part, *map(str, fault["loc"])])
            if fault["type"] == "extra_forbidden":
                faults.append(f"{where}: no such setting. {nearest(str(fault['loc'][-1]), kind.model_fields)}")
            elif fault["type"] == "string_pattern_mismatch" and fault["ctx"]["pattern"].startswith("^("):
                choices = fault["ctx"]["pattern"].strip("^()$").split("|")
                faults.append(f"{where}: there is no '{fault['input']}'. {nearest(fault['input'], choices)}")
            else:
                faults.append(f"{where}: {fault['msg']} (given: {fault['input']!r}).")
        return None


def _unknown_sections(merged: dict[str, Any], names: dict[str, str], known: bool, faults: list[str]) -> None:
    for key in merged:
        if key in PARTS and (key in names or not known):
            continue  # which parts an unknown algorithm uses, nobody can say
        if key in PARTS:
            faults.append(f"{key}: the algorithm '{names['algorithm']}' uses no {key}. Remove the section.")
        elif key not in {*PARTS, "run", "seed"}:
            faults.append(f"{key}: no such section. {nearest(key, [*PARTS, 'run', 'seed'])}")


def _all_origins(
    names: dict[str, str], parts: dict[str, Settings], run: RunSettings, origins: dict[str, str]
) -> dict[str, str]:
    keys = ["seed", *(f"{part}.name" for part in names)]
    keys += [f"{part}.{key}" for part, settings in parts.items() for key in type(settings).model_fields]
    keys += [f"run.{key}" for key in RunSettings.model_fields]
    return {key: origins.get(key, "default") for key in keys}
