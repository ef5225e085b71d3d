"""Name to object by file name: ``generators/lstm.py`` is the generator ``lstm``.

A plugin is one module. It is found in the package's own folder, then among the entry points of the group
``seqgan.<kind>``; listing names imports nothing.
"""

from __future__ import annotations

import ast
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType

from seqgan.errors import ConfigError, MissingExtraError, nearest

KINDS = ("checks", "generators", "discriminators", "rewards", "credit", "metrics", "tasks", "algorithms")
_ROOT = Path(__file__).parent


def _own(kind: str) -> dict[str, Path]:
    return {p.stem: p for p in sorted((_ROOT / kind).glob("*.py")) if not p.stem.startswith("_")}


def _foreign(kind: str) -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=f"seqgan.{kind}")}


def names(kind: str) -> list[str]:
    """Return the registered names of ``kind``, sorted, without importing any of them.

    Raises ConfigError when the kind is unknown or two plugins share a name.
    """
    if kind not in KINDS:
        raise ConfigError(f"There is no kind of plugin called '{kind}'.", nearest(kind, KINDS))
    own, foreign = _own(kind), _foreign(kind)
    for name in own.keys() & foreign.keys():
        raise ConfigError(f"Two plugins are called {kind}.{name}.", f"Uninstall or rename '{foreign[name].value}'.")
    return sorted({*own, *foreign})


def load(kind: str, name: str) -> ModuleType:
    """Import and return the plugin module ``name`` of ``kind``.

    Raises ConfigError for an unknown name (with the nearest one) and MissingExtraError where an optional
    dependency of the plugin is not installed.
    """
    if name not in names(kind):
        raise ConfigError(f"There is no {kind} plugin called '{name}'.", nearest(name, names(kind)))
    try:
        if name in _own(kind):
            return import_module(f"seqgan.{kind}.{name}")
        plugin: ModuleType = _foreign(kind)[name].load()
        return plugin
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("seqgan"):
            raise
        raise MissingExtraError(
            f"{kind}.{name} needs the package '{error.name}'.",
            f"Install what brings it, most often: pip install {error.name}",
        ) from error


def describe(kind: str, name: str) -> str:
    """Return the first line of a plugin's docstring without importing it."""
    path = _own(kind).get(name)
    if path is None:
        return f"from the package '{_foreign(kind)[name].value}'"
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.splitlines()[0] if text else ""
