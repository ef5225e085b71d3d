"""Reading the package's own source: files, syntax trees, imports, functions."""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src"
PACKAGE = SRC / "seqgan"
Function = ast.FunctionDef | ast.AsyncFunctionDef

ORDER = (
    *("errors", "records", "progress", "registry", "config", "rng", "stats", "fast_bleu", "checks", "functional"),
    *("data", "fit", "generators", "discriminators", "rewards", "credit", "metrics", "tasks", "runs", "algorithms"),
    *("results", "reports", "bench", "board", "api", "cli"),
)
"""The rooms of the house; each may import only from those before it."""

TOP = ("__init__", "__main__")
"""What lies over the rooms: the public names; may import from all of them."""


@cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def modules() -> dict[str, Path]:
    """Return module name -> file for the whole package."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(SRC).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def room(module: str) -> str:
    """Return the room of a module: ``seqgan.data.task`` lies in ``data``."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def _targets(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        for alias in node.names:
            inner = f"{node.module}.{alias.name}"
            yield inner if inner in modules() else node.module


def _for_types_only(path: Path) -> set[ast.AST]:
    """Return what stands under ``if TYPE_CHECKING:``."""
    blocks = [node for node in ast.walk(tree(path)) if isinstance(node, ast.If)]
    typed = [node for block in blocks if ast.unparse(block.test) == "TYPE_CHECKING" for node in block.body]
    return {node for statement in typed for node in ast.walk(statement)}


def imports(path: Path, for_types: bool = True) -> Iterator[tuple[int, str]]:
    """Yield (line, imported module) for every import of a file, those inside functions too.

    Without ``for_types`` those that only a type checker sees are left out.
    """
    hidden = set() if for_types else _for_types_only(path)
    for node in ast.walk(tree(path)):
        for target in () if node in hidden else _targets(node):
            yield node.lineno, target  # type: ignore[attr-defined]


def functions(path: Path) -> Iterator[Function]:
    """Yield every function and method of a file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, Function):
            yield node


def length(function: Function) -> int:
    """Return the lines of a function without its decorators and its docstring."""
    first = function.body[0]
    documented = ast.get_docstring(function) is not None and len(function.body) > 1
    text = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - text


def place(path: Path, line: int) -> str:
    """Return ``src/seqgan/x.py:12`` for messages."""
    return f"{path.relative_to(ROOT)}:{line}"


def script_at(path: Path) -> ModuleType:
    """Return a script outside the package as a module."""
    spec = importlib.util.spec_from_file_location(f"script_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module
