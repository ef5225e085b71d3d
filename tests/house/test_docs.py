"""The documents are true: pages up to date, links lead somewhere, commands and options exist, code runs."""

from __future__ import annotations

import re
import shlex
import tomllib
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import seqgan
from house.source import ROOT, script_at
from seqgan import registry
from seqgan.cli import main as command_line
from seqgan.config import read_toml, resolve

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
EXPERIMENTS = sorted((ROOT / "experiments").glob("**/*.toml"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def builder() -> ModuleType:
    """Return docs/build.py as a module."""
    return script_at(ROOT / "docs" / "build.py")


def test_the_pages_of_the_plugins_are_up_to_date() -> None:
    stale = [name_of(path) for path in builder().outdated()]
    assert not stale, f"run `make docs` and commit: {stale}"


@pytest.mark.parametrize("kind", registry.KINDS)
def test_every_registered_name_has_a_page(kind: str) -> None:
    missing = [n for n in builder().own_names(kind) if not (ROOT / "docs" / "plugins" / kind / f"{n}.md").is_file()]
    assert not missing


@pytest.mark.parametrize("path", [*DOCUMENTS, *sorted((ROOT / "docs").glob("plugins/**/*.md"))], ids=name_of)
def test_links_inside_the_house_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(#[^)\s]*)?\)", path.read_text(encoding="utf-8"))
    inner = [link for link, _ in links if "://" not in link]
    assert [link for link in inner if not (path.parent / link).exists()] == []


def blocks(path: Path, language: str) -> list[str]:
    """Return the fenced blocks of a language in a document."""
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def commands(path: Path) -> list[list[str]]:
    """Return the words of every command line that a document shows."""
    lines = "".join(blocks(path, "sh")).replace("\\\n", " ").splitlines()
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def seqgan_words(path: Path) -> list[list[str]]:
    """Return what follows ``seqgan`` in the commands of a document."""
    found = [words[words.index("seqgan") + 1 :] for words in commands(path) if "seqgan" in words]
    return [words for words in found if words]


def options(command: Any) -> set[str]:
    """Return the options of a command, those of its subcommands too."""
    own = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    return own.union(*(options(inner) for inner in getattr(command, "commands", {}).values()))


def unknown_options(words: list[str]) -> list[str]:
    """Return the options of a shown command that the command does not have."""
    known = options(command_line.build(words[0])) | {"-h", "--help"}
    return [word for word in words[1:] if re.match(r"--?[a-z]", word) and word.split("=")[0] not in known]


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_the_commands_and_options_shown_exist(path: Path) -> None:
    shown = [words for words in seqgan_words(path) if not words[0].startswith("-")]
    assert [words[0] for words in shown if words[0] not in command_line.names()] == []
    assert {" ".join(words): unknown for words in shown if (unknown := unknown_options(words))} == {}


def test_the_search_for_unknown_options_finds_them() -> None:
    assert unknown_options(["list", "--no-such-option"]) == ["--no-such-option"]


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_the_make_words_shown_exist(path: Path) -> None:
    words = set(re.findall(r"`make ([a-z]+)", path.read_text(encoding="utf-8")))
    words |= {command[1] for command in commands(path) if command[0] == "make" and len(command) > 1}
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert words <= targets


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_the_settings_shown_exist(path: Path) -> None:
    pairs = [w[i + 1] for w in seqgan_words(path) if w[0] == "train" for i, word in enumerate(w) if word == "--set"]
    sections = {
        "run": set(seqgan.config.RunSettings.model_fields),
        **{part: all_settings(kind) for part, kind in seqgan.config.PARTS.items()},
    }
    keys = [pair.split("=")[0].partition(".") for pair in pairs]
    assert [".".join((a, b)) for a, _, b in keys if a != "seed" and b not in sections.get(a, ())] == []


def all_settings(kind: str) -> set[str]:
    """Return every setting that some plugin of a kind knows."""
    return {"name"} | {key for n in registry.names(kind) for key in registry.load(kind, n).Settings.model_fields}


@pytest.mark.parametrize("path", EXPERIMENTS, ids=name_of)
def test_every_experiment_file_resolves_and_round_trips(path: Path) -> None:
    experiment = resolve((str(path), read_toml(path)))
    again = resolve(("copy", tomllib.loads(experiment.to_toml())))
    assert again.as_dict() == experiment.as_dict()


def test_there_are_experiments() -> None:
    assert EXPERIMENTS


def test_the_public_names_exist_and_are_documented() -> None:
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    assert 10 <= len(seqgan.__all__) <= 30
    assert [name for name in seqgan.__all__ if getattr(seqgan, name, None) is None] == []
    assert [name for name in seqgan.__all__ if not name.startswith("_") and f"seqgan.{name}" not in text] == []


def test_the_version_stands_in_one_form_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert seqgan.__version__ == project["version"]
    assert f"## {seqgan.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_readmes_tables_are_found_by_their_marks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script, text = builder(), tmp_path / "README.md"
    monkeypatch.setattr(script, "README", text)
    text.write_text("a\n<!-- results: music-controls -->\nold\n<!-- end -->\nb\n", encoding="utf-8")
    made = script.readme()
    assert "old" not in made
    assert made.startswith("a\n<!-- results: music-controls -->\n\n| system |")
    assert made.endswith("<!-- end -->\nb\n")
    for wrong in (
        "<!-- results: nothing-such -->\n<!-- end -->\n",
        "<!-- results: coco -->\n",
    ):
        text.write_text(wrong, encoding="utf-8")
        with pytest.raises(SystemExit):
            script.readme()
