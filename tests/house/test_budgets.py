"""Budgets of size, docstrings everywhere, and nothing that the house forbids."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from house.source import PACKAGE, ROOT, Function, functions, length, modules, place, tree

FILE_LINES = 400
FUNCTION_LINES = 50
TYPICAL_LINES = 15
FORBIDDEN_CALLS = {"eval", "exec", "print", "compile", "input", "breakpoint", "__import__"}
FORBIDDEN_MODULES = {"pickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "urllib3", "requests"}
FILES = sorted(modules().values())
TESTS = sorted((ROOT / "tests").rglob("*.py"))


def test_files_are_short() -> None:
    long = {
        str(p.relative_to(ROOT)): n for p in [*FILES, *TESTS] if (n := len(p.read_text().splitlines())) > FILE_LINES
    }
    assert not long, f"over {FILE_LINES} lines: {long}"


def test_functions_are_short() -> None:
    long = [
        f"{place(path, function.lineno)} {function.name}: {length(function)}"
        for path in FILES
        for function in functions(path)
        if length(function) > FUNCTION_LINES
    ]
    assert not long, f"over {FUNCTION_LINES} lines:\n" + "\n".join(long)


def test_most_functions_are_very_short() -> None:
    lengths = sorted(length(function) for path in FILES for function in functions(path))
    share = sum(n <= TYPICAL_LINES for n in lengths) / len(lengths)
    assert share > 0.8, f"only {share:.0%} of the functions have {TYPICAL_LINES} lines or fewer"


def undocumented(path: Path) -> list[str]:
    """Return the public functions, methods and classes of a file without a docstring, and the file itself."""
    missing = [] if ast.get_docstring(tree(path)) else [f"{place(path, 1)} the module"]
    private = [node for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef) and node.name.startswith("_")]
    inside = {child for node in (*functions(path), *private) for child in ast.walk(node) if child is not node}
    for node in ast.walk(tree(path)):
        if not isinstance(node, Function | ast.ClassDef) or node in inside or node.name.startswith("_"):
            continue
        if ast.get_docstring(node) is None and not overridden(node):
            missing.append(f"{place(path, node.lineno)} {node.name}")
    return missing


def overridden(node: ast.AST) -> bool:
    """Tell whether a method is one of several overloads, documented at the last."""
    return any("overload" in ast.unparse(decorator) for decorator in getattr(node, "decorator_list", []))


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_everything_public_has_a_docstring(path: Path) -> None:
    assert not undocumented(path)


def forbidden(path: Path) -> list[str]:
    """Return what a file does that the house forbids."""
    found = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS:
            found.append(f"{place(path, node.lineno)} calls {node.func.id}")
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "torch.load" and not loads_weights_only(node):
            found.append(f"{place(path, node.lineno)} torch.load without weights_only=True")
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            found += [f"{place(path, node.lineno)} {n}" for n in names if n.split(".")[0] in FORBIDDEN_MODULES]
        if isinstance(node, ast.ExceptHandler) and is_silent(node):
            found.append(f"{place(path, node.lineno)} swallows every error")
    return found


def loads_weights_only(call: ast.Call) -> bool:
    """Tell whether a ``torch.load`` says ``weights_only=True``."""
    return any(k.arg == "weights_only" and getattr(k.value, "value", None) is True for k in call.keywords)


def is_silent(handler: ast.ExceptHandler) -> bool:
    """Tell whether a handler catches everything and does nothing."""
    broad = handler.type is None or ast.unparse(handler.type) in ("Exception", "BaseException")
    return broad and all(isinstance(node, ast.Pass | ast.Continue) for node in handler.body)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_nothing_forbidden(path: Path) -> None:
    assert not forbidden(path)


def test_the_search_for_forbidden_things_finds_them(tmp_path: Path) -> None:
    path = ROOT / "tests" / "house" / "examples" / "forbidden.txt"
    found = " ".join(forbidden(path))
    assert all(word in found for word in ("pickle", "eval", "print", "weights_only", "swallows"))


def asserts(function: Function) -> bool:
    """Tell whether a function asserts, expects an exception or warning, fails, or calls one that checks."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).split(".")[-1]
            if name in ("raises", "warns", "fail", "gradcheck", "gradgradcheck") or re.match(
                r"_?(assert|check)_?", name
            ):
                return True
    return False


@pytest.mark.parametrize("path", TESTS, ids=lambda p: str(p.relative_to(ROOT / "tests")))
def test_every_test_asserts_something(path: Path) -> None:
    silent = [
        f"{place(path, function.lineno)} {function.name}"
        for function in functions(path)
        if re.match(r"(test|_?check|_?assert)_", function.name) and not asserts(function)
    ]
    assert not silent, f"these can never fail: {silent}"


def test_no_unfinished_marks_and_no_machine_paths() -> None:
    pattern = re.compile(
        r"\b(TODO|FIXME|XXX|HACK)\b|" + "|".join(re.escape(f"{place}/") for place in (ROOT, Path.home()))
    )
    own = Path(__file__)
    texts = [*FILES, *TESTS, *ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("experiments/*.toml")]
    texts += [ROOT / "Makefile", ROOT / "pyproject.toml", *ROOT.glob("benchmarks/*.py")]
    found = [
        place(p, n) for p in texts if p != own for n, s in enumerate(p.read_text().splitlines(), 1) if pattern.search(s)
    ]
    assert not found
