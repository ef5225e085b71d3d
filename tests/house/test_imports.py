"""The arrows between rooms go one way, there is no cycle, and light commands stay light."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from house.source import ORDER, PACKAGE, SRC, TOP, imports, modules, place, room

RANK = {name: number for number, name in enumerate((*ORDER, *TOP))}
OPTIONAL = (
    "fast_bleu",
    "sacrebleu",
    "psutil",
    "hypothesis",
    "pytest",
    "transformers",
    "rdkit",
    "selfies",
    "tensorboard",
    *("fastapi", "starlette", "uvicorn", "sqlalchemy", "psycopg", "httpx", "nh3", "markdown_it", "python_multipart"),
)


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(SRC), "COLUMNS": "100"}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], env=environment, capture_output=True, text=True, timeout=120
    )


def test_every_file_lies_in_a_room_of_the_plan() -> None:
    strangers = sorted({room(module) for module in modules()} - set(RANK))
    assert not strangers, f"no such room in the plan: {strangers}"


def test_rooms_import_only_from_rooms_before_them() -> None:
    upward = [
        f"{place(path, line)} imports {target}"
        for module, path in modules().items()
        for line, target in imports(path)
        if target.startswith("seqgan.") and RANK[room(target)] > RANK[room(module)]
    ]
    assert not upward, "these imports go against the order of the rooms:\n" + "\n".join(upward)


def test_only_the_public_names_are_imported_from_the_package_root() -> None:
    through_root = [
        f"{place(path, line)}"
        for module, path in modules().items()
        for line, target in imports(path)
        if target == "seqgan" and room(module) not in (*TOP, "api", "cli")
    ]
    assert not through_root, f"import from the module itself, not through the root: {through_root}"


def cycle(graph: dict[str, set[str]]) -> list[str]:
    """Return one cycle of the graph, or nothing."""
    done: set[str] = set()

    def visit(node: str, trail: list[str]) -> list[str]:
        if node in trail:
            return [*trail[trail.index(node) :], node]
        if node in done:
            return []
        for target in sorted(graph[node]):
            if found := visit(target, [*trail, node]):
                return found
        done.add(node)
        return []

    for start in sorted(graph):
        if found := visit(start, []):
            return found
    return []


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {
        module: {target for _, target in imports(path, for_types=False) if target in modules() and target != module}
        for module, path in modules().items()
    }
    assert cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) == ["a", "b", "c", "a"]
    assert not cycle(graph)


LIGHT = (
    *("errors", "records", "progress", "registry", "config", "stats", "cli.main"),
    *("results.collect", "results.aggregate", "results.index", "bench.report", "bench.runner", "bench.judge"),
    *("board.web.app", "board.demo.fill", "board.archive.run", "cli.board"),
)


@pytest.mark.parametrize("name", LIGHT)
def test_light_rooms_never_import_torch(name: str) -> None:
    found = run(f"import seqgan.{name}, sys; sys.exit('torch' in sys.modules)")
    assert found.returncode == 0, found.stderr or f"seqgan.{name} imports torch"


@pytest.mark.parametrize("command", [["--help"], ["list"], ["train", "--help"], ["board", "--help"], ["--version"]])
def test_light_commands_never_import_torch(command: list[str]) -> None:
    code = (
        "import sys; from seqgan.cli.main import main; sys.argv = ['seqgan', *sys.argv[1:]]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "assert 'torch' not in sys.modules, 'torch was imported'"
    )
    found = run(code, *command)
    assert found.returncode == 0, found.stderr
    assert found.stdout.strip()


def test_importing_the_package_imports_no_torch() -> None:
    found = run("import seqgan, sys; sys.exit('torch' in sys.modules)")
    assert found.returncode == 0, found.stderr


@pytest.mark.thorough
def test_every_module_imports_without_the_optional_packages() -> None:
    code = (
        "import sys, importlib\n"
        "names, absent = sys.argv[1].split(','), sys.argv[2].split(',')\n"
        "sys.modules.update(dict.fromkeys(absent))\n"
        "for name in names:\n    importlib.import_module(name)\n"
        "print(len(names))"
    )
    names = [name for name in modules() if not name.endswith("__main__")]
    found = run(code, ",".join(names), ",".join(OPTIONAL))
    assert found.returncode == 0, found.stderr
    assert int(found.stdout) == len(names) > 20


def test_the_package_says_that_it_is_typed() -> None:
    assert (PACKAGE / "py.typed").is_file()
