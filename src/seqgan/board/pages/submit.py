"""Submitting samples: the page with the form, and what the form and ``seqgan submit`` send."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from seqgan.board import benchmarks
from seqgan.board.session import Row, Session
from seqgan.board.submissions import manifest, states
from seqgan.board.submissions.draw import rows_of
from seqgan.board.submissions.quota import QuotaError
from seqgan.board.submissions.receive import Upload, receive
from seqgan.board.submissions.samples import DECOMPRESSED_BYTES, FILE_BYTES, LINE_LETTERS, to_jsonl
from seqgan.board.tokens import Caller
from seqgan.board.web import writing
from seqgan.board.web.page import Page, Route, Table, Visit
from seqgan.errors import BoardError, SeqganError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from seqgan.board.web.app import Board

SECTION = "submit"
_TEXTS = ("model", "variant", "selection", "licence", "claimed_from", "notes", "supersedes")


def show(visit: Visit) -> Page:
    """How to submit samples, the form, the benchmarks, and what was submitted last."""
    known = [describe(one, visit.session) for one in benchmarks.listed(visit.session)]
    found = writing.reader(visit)
    data = {
        "benchmarks": known,
        "chosen": visit.text("benchmark") or _easiest(known),
        "account": None if found is None else {"name": found.name, "may_submit": found.may("submit")},
        "limits": {"file": FILE_BYTES, "all": DECOMPRESSED_BYTES, "line": LINE_LETTERS},
        "last": [brief(row) for row in states.listed(visit.session, most=10)],
        "waiting": len(states.listed(visit.session, ("checked",))),
    }
    rows = [(one["id"], one["title"], one["samples"], one["seeds"]) for one in known]
    return Page(
        "submit.html",
        "Submit samples",
        data,
        description="A submission is samples: the board computes the numbers itself.",
        section=SECTION,
        tables={"benchmarks": Table(("benchmark", "title", "samples", "seeds"), rows)},
    )


def _easiest(known: list[Row]) -> str:
    """Return a benchmark that needs no data of its own, so that anybody can try it; else the first."""
    ids = [one["id"] for one in known]
    return next((one for one in ids if one.startswith("oracle-grammar@")), ids[0] if ids else "")


def describe(installed: benchmarks.Installed, session: Session) -> Row:
    """Return what pages say of a benchmark."""
    contract = installed.contract
    return {
        "id": contract.id,
        "title": contract.title,
        "about": contract.about,
        "content": contract.content,
        "samples": contract.samples,
        "seeds": contract.seeds,
        "scores": [score.name for score in contract.scores],
        "board": session.value("SELECT slug FROM board WHERE id = :id", id=installed.board),
    }


def brief(row: Row) -> Row:
    """Return a submission as lists show it."""
    names = ("permalink", "benchmark", "model", "submitter", "state", "created_at", "changed_at", "reason")
    text = manifest.read(row["manifest"].encode())
    return {**{name: row[name] for name in names}, "model": text.model, "variant": text.variant}


async def post(request: Request, board: Board) -> Response:
    """Take a submission in: a form of the page, or a manifest and files of a program."""
    from starlette.concurrency import run_in_threadpool

    try:
        caller = await run_in_threadpool(writing.caller, board, request)
        async with writing.form(board, request) as form:
            permalink = await run_in_threadpool(take, board, caller, form)
    except writing.RefusedError as error:
        return board.failure(request, error.status, error.text)
    except QuotaError as error:
        return board.failure(request, 429, str(error))
    except SeqganError as error:
        return board.failure(request, 400, str(error))
    return _created(request, permalink)


def _created(request: Request, permalink: str) -> Response:
    from starlette.responses import JSONResponse, RedirectResponse

    address = f"/submission/{permalink}"
    if writing.bearer(request):
        return JSONResponse({"permalink": permalink, "url": f"{request.base_url}submission/{permalink}"}, 201)
    return RedirectResponse(address, 303)


def take(board: Board, caller: Caller, form: Any) -> str:
    """Read a form and store the submission; return its permalink. Raises BoardError for what is wrong with it."""
    uploads = _uploads(form.getlist("samples"))
    text = form.get("manifest", "")
    if hasattr(text, "file"):
        plain = manifest.read(text.file.read(manifest.MOST_BYTES + 1))
    elif text.strip():
        plain = manifest.read(text.encode())
    else:
        benchmark = writing.word(form, "benchmark")
        plain, uploads = from_fields(form, [_as_lines(board, benchmark, upload) for upload in uploads])
    return receive(board.store, caller, plain, uploads)


def _uploads(files: Sequence[Any]) -> list[Upload]:
    return [Upload(file.filename or "", file.file) for file in files if hasattr(file, "file") and file.filename]


def _as_lines(board: Board, benchmark: str, upload: Upload) -> Upload:
    """Return a file of texts, one a line, as the JSON lines that a board keeps; any other file as it is."""
    if not upload.name.lower().endswith(".txt"):
        return upload
    data = upload.stream.read(FILE_BYTES + 1)
    if len(data) > FILE_BYTES:
        raise BoardError(f"{upload.name} has more than {FILE_BYTES:,} bytes.", "Send fewer or shorter samples.")
    with board.store.read() as session:
        wanted = benchmarks.find(session, benchmark).contract
    return Upload(upload.name, io.BytesIO(to_jsonl(rows_of(data, upload.name, wanted))))


def from_fields(form: Any, uploads: list[Upload]) -> tuple[manifest.Manifest, list[Upload]]:
    """Return the manifest that the fields of the page's form make, and the files with the names it expects.

    Files of any name are taken, in their order as seeds 1, 2, 3, unless all are called ``samples.<seed>.jsonl``.
    """
    seeds = [manifest.seed_of(upload.name) for upload in uploads]
    named = [seed for seed in seeds if seed is not None]
    if len(named) < len(seeds):
        named = list(range(1, len(seeds) + 1))
    files = [Upload(f"samples.{seed}.jsonl", one.stream) for seed, one in zip(named, uploads, strict=True)]
    plain: dict[str, Any] = {
        "schema": "seqgan.submission/1",
        "benchmark": writing.word(form, "benchmark"),
        "seeds": named,
    }
    plain |= {name: text for name in _TEXTS if (text := writing.word(form, name))}
    plain |= _nested(form)
    return manifest.of(plain), files


def _nested(form: Any) -> dict[str, Any]:
    """Return the parts of a manifest that are no plain texts."""
    found: dict[str, Any] = {"extra_training_data": form.get("extra_training_data") == "on"}
    paper = {key: text for key in ("arxiv", "url", "title") if (text := writing.word(form, f"paper_{key}"))}
    code = {key: text for key in ("url", "commit") if (text := writing.word(form, f"code_{key}"))}
    found |= {name: part for name, part in (("paper", paper), ("code", code)) if part}
    for name, key in (("params_millions", "params_millions"), ("temperature", "decoding")):
        if text := writing.word(form, name, 30):
            found[key] = {"temperature": _number(text, name)} if key == "decoding" else _number(text, name)
    if claims := writing.word(form, "claimed"):
        found["claimed"] = dict(_claim(line) for line in claims.splitlines() if line.strip())
    return found


def _claim(line: str) -> tuple[str, float]:
    name, sign, number = line.partition("=")
    if not sign:
        raise BoardError(f"'{line[:60]}' is no claim.", "Write one a line, as in bleu_2 = 0.745.")
    return name.strip(), _number(number.strip(), "claimed")


def _number(text: str, what: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise BoardError(f"'{text[:40]}' is no number ({what}).", "Write it with a point, as in 0.745.") from None


ROUTES = (Route("/submit", show, filters=("benchmark",)), Route("/submit", post, kind="raw", methods=("POST",)))
