"""The command ``seqgan``: finds the command's file, runs it, and turns errors into one message and an exit code."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

from seqgan.errors import ConfigError, SeqganError, nearest

FOREMOST = ("train", "resume", "sample", "evaluate", "report", "data", "fetch", "list", "show", "doctor")
CONTEXT = {"help_option_names": ["-h", "--help"]}
INTERRUPTED = 130
BROKEN_PIPE = 141
NO_MEMORY = (
    "The memory does not suffice. Lower the batch, the rollouts or the length, use less data, or draw fewer strings."
)
_OUT_OF_MEMORY = ("can't allocate memory", "not enough memory", "out of memory")  # PyTorch's words on any device


def names() -> list[str]:
    """Return the commands: the usual ones in the order in which a newcomer meets them, then any others."""
    found = {path.stem for path in Path(__file__).parent.glob("*.py")} - {"main"}
    found = {name for name in found if not name.startswith("_")}
    return [name for name in FOREMOST if name in found] + sorted(found.difference(FOREMOST))


def describe(name: str) -> str:
    """Return what a command does, the first line of its file, without importing it."""
    text = (Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]


def build(name: str) -> Any:
    """Import the file of one command, or of a group of commands (``app``), and return it as typer's object."""
    module = import_module(f"seqgan.cli.{name}")
    if hasattr(module, "app"):
        group = typer.main.get_command(module.app)
        group.name = name
        return group
    single = typer.Typer(add_completion=False, rich_markup_mode=None)
    single.command(name, cls=getattr(module, "COMMAND", None), context_settings=CONTEXT)(module.command)
    return typer.main.get_command(single)


class LazyGroup(TyperGroup):
    """The group of all commands; only a command that is named gets imported."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the commands."""
        return names()

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return one command, or None where there is none of that name."""
        return build(cmd_name) if cmd_name in names() else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the named command and its arguments; raises ConfigError with the nearest command for another word."""
        if args[0] not in names() and not args[0].startswith("-"):
            hint = f"To train on it: seqgan train {args[0]}." if Path(args[0]).is_file() else nearest(args[0], names())
            raise ConfigError(f"There is no command '{args[0]}'.", hint)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list of commands for ``--help`` from their first lines, so that none is imported."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, describe(name)) for name in names()])


app = typer.Typer(
    cls=LazyGroup, rich_markup_mode=None, pretty_exceptions_enable=False, context_settings=CONTEXT, add_completion=True
)


@app.callback(invoke_without_command=True)
def seqgan(
    ctx: typer.Context,
    version: bool = typer.Option(False, "--version", help="Print the version and exit."),
) -> None:
    """Train generators of discrete sequences against a discriminator, measure them honestly, sample real strings.

    Begin with: seqgan train oracle_grammar, or seqgan data FILE and seqgan train FILE for your own sequences.
    """
    if version:
        from seqgan import __version__

        typer.echo(__version__)
        raise typer.Exit()
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; what a person can mend becomes one message on the standard error."""
    try:
        code = typer.main.get_command(app).main(arguments, prog_name="seqgan", standalone_mode=False)
        if sys.stdout is not None:  # closed by the shell, as with >&-
            sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except BrokenPipeError:
        return _broken_pipe()
    except SeqganError as error:
        return _fail(str(error), error.exit_code)
    except typer.Abort:
        return INTERRUPTED
    except MemoryError:
        return _fail(NO_MEMORY, 2)
    except OSError as error:
        return _fail(
            f"{error.strerror or error}: {error.filename or 'no file named'}. Check the path and its rights.", 2
        )
    except Exception as error:
        if any(words in str(error) for words in _OUT_OF_MEMORY):
            return _fail(NO_MEMORY, 2)
        if not hasattr(error, "format_message"):
            raise
        return _usage(error)


def _fail(message: str, code: int) -> int:
    """Say what went wrong; a stop that was asked for (codes over 128, as the shell counts) is no error."""
    typer.echo(message if code > 128 else f"error: {message}", err=True)
    return code


def _usage(error: Any) -> int:
    """Report a misused option: typer's own sentence and where to read on."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "seqgan"
    return _fail(f"{error.format_message()} See: {path} --help", 2)


def _broken_pipe() -> int:
    """Give up quietly when the reader of our output has gone, as ``| head`` does."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BROKEN_PIPE


def main() -> None:
    """Run the command line and leave with its exit code: the entry point of the package."""
    # Threads that spin for long while waiting slow a run up to eightfold where another process wants the same cores.
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    for pipe in (sys.stdout, sys.stderr):
        if hasattr(pipe, "reconfigure"):
            pipe.reconfigure(errors="backslashreplace")
    sys.exit(run())


if __name__ == "__main__":
    main()
