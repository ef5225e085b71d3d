"""Draw the samples of a published submission again from its model file, and mark the values that hold."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seqgan.cli._options import DATABASE, Database
from seqgan.cli._output import note, say
from seqgan.errors import BoardError

Token = Annotated[
    str, typer.Option("--token", envvar="SEQGAN_BOARD_TOKEN", help="A token with the scope review.", show_default=False)
]


def command(
    submission: Annotated[str, typer.Argument(metavar="SUBMISSION", help="Its permalink.", show_default=False)],
    model: Annotated[Path, typer.Option("--model", metavar="RUN|FILE", help="The run folder or model file.")],
    seed: Annotated[int, typer.Option("--seed", min=0, help="Which seed of the submission it is.")] = 1,
    sample_seed: Annotated[
        int | None, typer.Option("--sample-seed", min=0, help="Of the drawing, where the manifest does not say.")
    ] = None,
    token: Token = "",
    database: Database = DATABASE,
) -> None:
    """Make the samples again and compare: the same rows, or values whose intervals meet, become tier regenerated.

    Example: seqgan board regenerate 4f2sp3jsqebi --model runs/mine --seed 1
    """
    from seqgan.board import tokens
    from seqgan.board.store import open_store
    from seqgan.board.submissions.regenerate import regenerate

    store = open_store(database, create=False)
    try:
        with store.read() as session:
            caller = tokens.caller(session, token)
        if caller is None:
            raise BoardError("The board does not know this token, or it is expired.", "Set SEQGAN_BOARD_TOKEN.")
        found = regenerate(store, caller, submission, model, seed, sample_seed)
    finally:
        store.close()
    say("The very same rows." if found.same else f"Other rows, {found.share:.1%} of them in common.")
    if not found.holds:
        raise BoardError(
            f"These values do not hold: {', '.join(found.apart)}.", "Is it the right model, seed, decoding?"
        )
    note("Every value holds; they stand on the board as regenerated.")
