"""The set-up is whole: pins for everything, package data declared, make words explained, the licence in full."""

from __future__ import annotations

import hashlib
import re
import subprocess
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from house.source import PACKAGE, ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
REQUIRED = [Requirement(text) for text in PROJECT["project"]["dependencies"]]
DEVELOPMENT = [Requirement(text) for text in PROJECT["project"]["optional-dependencies"]["dev"]]


def pins(name: str = "constraints.txt") -> dict[str, str]:
    """Return package -> pinned version."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    found = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(package): version for package, version in found}


@pytest.mark.parametrize("requirement", [*REQUIRED, *DEVELOPMENT], ids=str)
def test_every_requirement_is_pinned_inside_its_range(requirement: Requirement) -> None:
    assert requirement.specifier.contains(pins()[canonicalize_name(requirement.name)])


@pytest.mark.parametrize("requirement", REQUIRED, ids=str)
def test_every_lower_bound_is_the_oldest_version_tested(requirement: Requirement) -> None:
    oldest = pins("constraints-oldest.txt")[canonicalize_name(requirement.name)]
    lower = next(s.version for s in requirement.specifier if s.operator == ">=")
    assert (oldest + ".0.0").startswith(lower)


def test_no_pin_is_of_a_local_build() -> None:
    assert not [version for version in pins().values() if not re.fullmatch(r"[0-9.]+", version)]


def test_every_file_that_is_no_source_is_package_data() -> None:
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["seqgan"]
    declared = {path for pattern in patterns for path in PACKAGE.glob(pattern)}
    present = {p for p in PACKAGE.rglob("*") if p.is_file() and p.suffix not in (".py", ".pyc")}
    assert present <= declared
    assert PACKAGE / "py.typed" in declared


def test_every_folder_of_the_package_is_a_package() -> None:
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    assert [str(f.relative_to(ROOT)) for f in folders if not (f / "__init__.py").is_file()] == []


def test_the_licence_is_whole() -> None:
    digest = hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest()
    assert digest == "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"


def test_make_explains_its_words() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for word in ("setup", "demo", "test", "check", "slow", "bench", "clean"):
        assert re.search(rf"^  make {word} +\S", shown, re.MULTILINE)


def test_the_automatic_run_is_the_test_command_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert script.rstrip().endswith("make test")
    assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_runs_stay_outside_git() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert "/runs/" in ignored
