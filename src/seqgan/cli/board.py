"""Show results in a browser: leaderboards, papers, tasks, datasets; also import archives, back up, score."""

from __future__ import annotations

from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seqgan.cli._options import DATABASE, Database
from seqgan.cli._output import note, say
from seqgan.errors import ConfigError
from seqgan.progress import Progress

if TYPE_CHECKING:
    from seqgan.board.store import Store

PREFIX = "_board_"

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def command(
    context: typer.Context,
    database: Database = DATABASE,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes any free one.")] = 8080,
    demo: Annotated[
        bool, typer.Option("--demo", help="First fill the board with this project's results and the published figures.")
    ] = False,
    host_name: Annotated[
        list[str] | None,
        typer.Option("--host-name", metavar="NAME", help="A further name that the board answers for, behind a proxy."),
    ] = None,
) -> None:
    """Show a board on http://127.0.0.1:8080 until interrupted; without a database yet, an empty one is made.

    Example: seqgan board --demo
    """
    if context.invoked_subcommand is not None:
        _hand_on(context, context.invoked_subcommand)
        return
    from seqgan.board.scoring.worker import running
    from seqgan.board.store import open_store
    from seqgan.board.web.serve import ADDRESS, listen, serve

    with listen(port) as listening, closing(open_store(database)) as store:  # a taken port must not cost the token
        if demo:
            from seqgan.board.demo.fill import fill

            note(fill(store))
        _prepare(store)
        with running(store, progress=Progress()):
            say(f"The board is at http://{ADDRESS}:{listening.getsockname()[1]} (Ctrl+C stops it).")
            serve(store, listening, host_name or ())


def _hand_on(context: typer.Context, name: str) -> None:
    """Give a subcommand the database that was named before it; raises ConfigError for another option there."""
    given = {
        option: value
        for option, value in context.params.items()
        if getattr(context.get_parameter_source(option), "name", "") == "COMMANDLINE"
    }
    database = given.pop("database", None)
    if given:
        option = next(iter(given)).replace("_", "-")
        raise ConfigError(f"--{option} has no effect before '{name}'.", "It is for serving the board; leave it out.")
    if database is not None:
        context.default_map = {name: {"database": database}}


def _prepare(store: Store) -> None:
    """Bring the benchmarks up to date, and on the very first start print a token that may do everything."""
    from seqgan.board.submissions.rescore import install_and_rescore
    from seqgan.board.tokens import bootstrap

    with store.write() as session:
        install_and_rescore(session)
        secret = bootstrap(session)
    if secret is not None:
        note("To submit and review here, sign in with this token, which is shown only now (account admin):")
        note(secret)


def _add_subcommands() -> None:
    """Make every file ``_board_NAME.py`` beside this one the subcommand NAME."""
    for path in sorted(Path(__file__).parent.glob(f"{PREFIX}*.py")):
        name = path.stem.removeprefix(PREFIX)
        module: Any = import_module(f"seqgan.cli.{path.stem}")
        app.command(name.replace("_", "-"), context_settings={"help_option_names": ["-h", "--help"]})(module.command)


_add_subcommands()
