"""Write docs/plugins/ and docs/python.md: a page for every registered name and one for the public functions.

All of it is made from docstrings, signatures and settings. Also writes the README's tables of results, and what the
package brings of the folder results/, so that the board of an installed package has it. ``python docs/build.py`` writes
the pages and removes those of names that are gone; ``--check`` only tells whether they are up to date.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
import typing
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import seqgan
from seqgan import registry
from seqgan.bench.glance import glance
from seqgan.bench.report import sources_of
from seqgan.bench.tables import tables
from seqgan.board.demo import packaged
from seqgan.config import RunSettings, Settings
from seqgan.data.source import RemoteFile

PAGES = Path(__file__).parent / "plugins"
README, RESULTS = PAGES.parents[1] / "README.md", PAGES.parents[1] / "results"
BLOCK = re.compile(r"<!-- results: ([\w-]+) -->\n(?:(?!<!-- results:).)*?<!-- end -->", re.DOTALL)
KINDS = {
    "tasks": "Tasks: data sets and oracles",
    "generators": "Generators: policies that write a sequence token by token",
    "discriminators": "Discriminators: networks that tell real sequences from generated ones",
    "rewards": "Rewards: judges of finished sequences",
    "credit": "Credit rules: from the reward of a sequence to a weight for every token",
    "algorithms": "Algorithms: one file a paper",
    "metrics": "Metrics: one file a metric",
    "checks": "Checks: is a decoded sequence valid?",
}
SECTION = {
    "tasks": "task",
    "generators": "generator",
    "discriminators": "discriminator",
    "rewards": "reward",
    "algorithms": "algorithm",
}

LABELS = ("What it rewards wrongly", "Sample size", "Bad input", "Golden value", "Source")
"""What the page of every metric tells, each in a paragraph of the docstring that begins so."""


def own_names(kind: str) -> list[str]:
    """Return the names of ``kind`` that this package itself brings."""
    folder = Path(registry.__file__).parent / kind
    return [name for name in registry.names(kind) if (folder / f"{name}.py").is_file()]


def docstring(text: str | None) -> str:
    """Return a docstring as Markdown: roles of other markups become code, double backticks single ones."""
    plain = re.sub(r":(?:class|func|meth|attr|mod|data):`~?([^`]+)`", r"`\1`", inspect.cleandoc(text or ""))
    return plain.replace("``", "`")


def labelled(text: str) -> str:
    """Return the text of a metric with the labels of its paragraphs in bold."""
    return re.sub(rf"^({'|'.join(LABELS)}):", r"**\1:**", text, flags=re.MULTILINE)


def type_name(annotation: object) -> str:
    """Return an annotation as a reader would write it."""
    if isinstance(annotation, type) and not typing.get_args(annotation):
        return annotation.__name__
    text = str(annotation).replace("typing.", "")
    return re.sub(r"\b(?:[a-z_]+\.)+", "", text)


def limits(metadata: list[object]) -> str:
    """Return the limits of a setting in words: ``>= 1, <= 20``."""
    signs = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<", "min_length": "length >=", "max_length": "length <="}
    found = [
        f"{sign} {value}" for m in metadata for k, sign in signs.items() if (value := getattr(m, k, None)) is not None
    ]
    return ", ".join(found)


def cell(text: str) -> str:
    """Return text that fits in a cell of a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")


def settings_table(settings: type[Settings]) -> list[str]:
    """Return the settings as the lines of a Markdown table."""
    rows = ["| setting | type | default | meaning |", "|---|---|---|---|"]
    for name, field in settings.model_fields.items():
        default = "(required)" if field.is_required() else f"`{field.get_default(call_default_factory=True)!r}`"
        meaning = ". ".join(part for part in ((field.description or "").rstrip("."), limits(field.metadata)) if part)
        rows.append(f"| `{name}` | `{cell(type_name(field.annotation))}` | {cell(default)} | {cell(meaning)} |")
    return rows if len(rows) > 2 else ["It has no settings."]


def files_table(files: tuple[RemoteFile, ...]) -> list[str]:
    """Return where the files of a task come from, under which licence, and what proves them genuine."""
    if not files:
        return []
    rows = ["| file | address | licence | hash |", "|---|---|---|---|"]
    for file in files:
        proof = f"SHA-256 `{file.sha256[:16]}...`" if file.sha256 else f"git blob `{file.git_blob[:16]}...`"
        address = f"<{file.address}>" if file.address else "a mirror only"
        rows.append(f"| `{file.name}` | {address} | {cell(file.licence)} | {proof} |")
    names = " or ".join(f"`seqgan fetch {name}`" for name in dict.fromkeys(file.task for file in files))
    return ["## Files", "", f"Fetched on request only, by {names}; verified before use.", "", *rows, ""]


def public_objects(module: ModuleType) -> list[str]:
    """Return the public functions and classes that a module itself defines, each with its docstring."""
    lines = []
    for node in ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_") or node.name == "Settings":
            continue
        signature = f"({ast.unparse(node.args)})" if isinstance(node, ast.FunctionDef) else ""
        lines += [f"### `{node.name}{signature}`", "", docstring(ast.get_docstring(node)), ""]
    return lines


def page(kind: str, name: str) -> str:
    """Return the page of one plugin."""
    module = registry.load(kind, name)
    text = docstring(module.__doc__)
    lines = [f"# {kind}.{name}", "", labelled(text) if kind == "metrics" else text, ""]
    if hasattr(module, "PARTS"):
        lines += ["Parts: " + ", ".join(f"{part} `{default}`" for part, default in module.PARTS.items()) + ".", ""]
    if hasattr(module, "NEEDS"):
        lines += ["Needs: " + (", ".join(f"`{need}`" for need in module.NEEDS) or "nothing but the samples") + ".", ""]
    if hasattr(module, "Settings"):
        section = SECTION.get(kind, kind)
        where = f'In an experiment file: `[{section}]` with `name = "{name}"`; on the command line: '
        where += f"`--set {section}.key=value`."
        lines += ["## Settings", "", where, "", *settings_table(module.Settings), ""]
    lines += files_table(getattr(module, "FILES", ()))
    objects = public_objects(module)
    lines += ["## In Python", "", f"`seqgan.{kind}.{name}`", "", *objects] if objects else []
    source = f"../../../src/seqgan/{kind}/{name}.py"
    return "\n".join([*lines, f"Source: [src/seqgan/{kind}/{name}.py]({source})"]) + "\n"


def index() -> str:
    """Return the page that lists every plugin with its first sentence."""
    first = "`seqgan list` shows the same. One file is one name: [how to add one](../../CONTRIBUTING.md)."
    lines = ["# Everything that has a name", "", first, ""]
    for kind, title in KINDS.items():
        lines += [f"## {title}", ""]
        lines += [f"- [{n}]({kind}/{n}.md): {docstring(registry.describe(kind, n))}" for n in own_names(kind)]
        lines += [""]
    lines += ["## Settings of every run", "", f"`run`: {docstring(RunSettings.__doc__)}", ""]
    return "\n".join([*lines, *settings_table(RunSettings)]) + "\n"


INTRODUCTION = """# The Python interface

```python
import seqgan

run = seqgan.train("captions.txt", seed=1, settings={"algorithm.steps": 20})
model = seqgan.load(run)
model.sample(5, temperature=0.8)
model.log_prob(["a cat sleeps ."])  # natural logarithm of the probability, one a string

scores = seqgan.evaluate("samples.txt", "test.txt", train="train.txt")  # of any model: files, strings, tokens or ids
bleu = {score.name: (score.value, score.interval, score.signature) for score in scores}
table = seqgan.compare({"ours": "ours.txt", "theirs": ("seed1.txt", "seed2.txt")}, "test.txt", train="train.txt")
print(table)  # beside real text, a training copy and a 4-gram model; table.records() is the same as plain data

oracle = seqgan.task("oracle_grammar")
rows = oracle.test.samples(slice(0, 3))
oracle.log_prob(rows.ids, rows.mask)  # exact, in nats (B,)
```

These names are public; everything else may change between versions. `import seqgan` alone costs nothing: each name is
imported when it is first used. Letters of shapes: [glossary](glossary.md).
"""


def signature(function: Callable[..., object]) -> str:
    """Return the arguments of a function and what it returns, as they stand in its source."""
    node = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(node, ast.FunctionDef)
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"({ast.unparse(node.args)}){returns}"


def public_name(name: str) -> list[str]:
    """Return the lines about one public name: signature, docstring, and for a class its public methods."""
    value = getattr(seqgan, name)
    if not inspect.isclass(value):
        return [f"## `seqgan.{name}{signature(value)}`", "", docstring(value.__doc__), ""]
    lines = [f"## `seqgan.{name}`", "", docstring(value.__doc__), ""]
    for inner, method in vars(value).items():
        if not inner.startswith("_") and inspect.isfunction(method) and method.__doc__:
            lines += [f"### `{name}.{inner}{signature(method)}`", "", docstring(method.__doc__), ""]
    return lines


def interface() -> str:
    """Return the page of the public names: functions first, then records, then errors."""
    public = [name for name in seqgan.__all__ if not name.startswith("_")]
    groups: dict[bool, list[str]] = {False: [], True: []}
    for name in public:
        groups[inspect.isclass(getattr(seqgan, name))].append(name)
    lines = [INTRODUCTION]
    for name in groups[False] + groups[True]:
        lines += public_name(name)
    return "\n".join(lines).rstrip() + "\n"


def readme() -> str:
    """Return the README with every table of results that it names between two marks made anew from the records."""
    sources, listed = sources_of(RESULTS), {table.name: table for table in tables(RESULTS)}

    def block(mark: re.Match[str]) -> str:
        if mark[1] not in listed:
            sys.exit(f"README.md names a table {mark[1]!r} that results/tables.toml does not have.")
        return "\n".join([f"<!-- results: {mark[1]} -->", "", *glance(listed[mark[1]], sources), "", "<!-- end -->"])

    made, count = BLOCK.subn(block, README.read_text(encoding="utf-8"))
    if count != made.count("<!-- results:"):
        sys.exit("A table of README.md has no '<!-- end -->'.")
    return made


def pages() -> dict[Path, str]:
    """Return path -> text of every page."""
    found = {PAGES / "index.md": index(), PAGES.parent / "python.md": interface()}
    found |= {packaged.FILE: packaged.text(RESULTS), README: readme()}
    for kind in KINDS:
        found.update({PAGES / kind / f"{name}.md": page(kind, name) for name in own_names(kind)})
    return found


def outdated() -> list[Path]:
    """Return the pages that are missing, differ from what they should be or belong to nothing."""
    wanted = pages()
    stale = [path for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    return stale + [path for path in sorted(PAGES.rglob("*.md")) if path not in wanted]


def main() -> int:
    """Write the pages, or with ``--check`` tell which are out of date."""
    if "--check" in sys.argv[1:]:
        stale = outdated()
        print("\n".join(f"out of date: {path}" for path in stale) or "up to date")
        return int(bool(stale))
    wanted = pages()
    for path in sorted(PAGES.rglob("*.md")):
        if path not in wanted:
            path.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print(f"{len(wanted)} pages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
