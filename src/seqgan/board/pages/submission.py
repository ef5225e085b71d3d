"""One submission with its states, events, checks, values and files; the list of all; the decisions about them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from seqgan.board import benchmarks, events, samples
from seqgan.board.pages.submit import SECTION, brief
from seqgan.board.scoring import jobs
from seqgan.board.session import Row, Session
from seqgan.board.submissions import review, states, values
from seqgan.board.submissions.checks import worst
from seqgan.board.tokens import Caller
from seqgan.board.web import writing
from seqgan.board.web.page import NotFoundError, Page, Route, Table, Visit
from seqgan.errors import BoardError, SeqganError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from seqgan.board.web.app import Board

SIZE = 50


def found(visit: Visit) -> Row:
    """Return the submission of the address; raises NotFoundError."""
    try:
        return states.get(visit.session, visit.path["permalink"])
    except BoardError:
        raise NotFoundError(f"submission '{visit.path['permalink'][:40]}'") from None


def show(visit: Visit) -> Page:
    """One submission: what was sent, what the board computed and found, who decided what and when."""
    row = found(visit)
    manifest, caller = json.loads(row["manifest"]), writing.reader(visit)
    checks = json.loads(row["checks"])
    job = jobs.of(visit.session, row["id"])
    computed = [] if row["entry_id"] is None else values.of_entry(visit.session, row["entry_id"])
    data = {
        "submission": {**brief(row), **_links(visit.session, row)},
        "manifest": manifest,
        "files": _files(visit.session, row["id"]),
        "checks": checks,
        "worst": worst(checks),
        "values": [one for one in computed if one["seed"] is None],
        "seeds": [one for one in computed if one["seed"] is not None],
        "job": job,
        "events": events.of(visit.session, "submission", row["id"]),
        "path": _path(row),
        "may": _may(caller, row),
        "moving": row["state"] in ("received", "parsed", "scored") and (job is None or job["state"] != "failed"),
    }
    columns = ("metric", "tier", "seed", "number", "low", "high", "n", "signature")
    return Page(
        "submission.html",
        f"{manifest['model']} on {row['benchmark']}",
        data,
        section=SECTION,
        tables={
            "values": Table(columns, [[one[name] for name in columns] for one in computed]),
            "checks": Table(("name", "state", "text"), [(one["name"], one["state"], one["text"]) for one in checks]),
        },
    )


def _links(session: Session, row: Row) -> Row:
    """Return the addresses of what belongs to a submission."""
    names = {"supersedes", "superseded_by", "rescored_from"}
    others = {
        name: session.value("SELECT permalink FROM submission WHERE id = :id", id=row[name]) if row[name] else None
        for name in sorted(names)
    }
    reviewer = session.value("SELECT name FROM account WHERE id = :id", id=row["reviewer_id"] or 0)
    return {**others, "reviewer": reviewer, "entry": row["entry_permalink"], "board": row["board_slug"]}


def _files(session: Session, number: int) -> list[Row]:
    return session.rows(
        "SELECT seed, name, sha256, lines, bytes FROM sample_file WHERE submission_id = :id ORDER BY seed", id=number
    )


def _path(row: Row) -> list[Row]:
    """Return the states on the way to publication, those passed marked, and the end that it came to instead."""
    way = ["received", "parsed", "scored", "checked", "reviewed", "published"]
    if row["state"] in way:
        place = way.index(row["state"])
        return [{"state": state, "passed": number <= place} for number, state in enumerate(way)]
    return [{"state": state, "passed": True} for state in (*way[:2], row["state"])]


def _may(caller: Caller | None, row: Row) -> Row:
    """Return what the reader may do with a submission."""
    own = caller is not None and caller.account == row["submitter_id"]
    decide = caller is not None and caller.may("review") and not own
    return {
        "account": None if caller is None else caller.name,
        "own": own,
        "accept": decide and row["state"] == "checked",
        "reject": decide and row["state"] in states.UNDER_WAY,
        "retract": caller is not None and (own or caller.may("admin")) and "retracted" in states.NEXT[row["state"]],
        "remark": caller is not None and caller.may("submit"),
    }


def browse(visit: Visit) -> Page:
    """Show the samples of a submission, page by page."""
    row = found(visit)
    shown = samples.of_entry(visit.session, 0, row["id"], visit.seed(), visit.number("page"), SIZE)
    return Page(
        "submission_samples.html",
        f"Samples of {json.loads(row['manifest'])['model']}",
        {"submission": brief(row), "samples": shown},
        section=SECTION,
        tables={"samples": Table(("place", "text"), [(one["place"], one["text"]) for one in shown["rows"]])},
    )


def file(request: Request, board: Board) -> Response:
    """Send a file of a submission as it is stored: the manifest, or the samples of a seed as gzipped JSON lines."""
    from starlette.responses import Response

    name = request.path_params["name"]
    with board.store.read() as session:
        try:
            row = states.get(session, request.path_params["permalink"])
        except BoardError as error:
            return board.failure(request, 404, str(error))
        if name == "manifest.json":
            return Response(row["manifest"], media_type="application/json")
        content = session.value(
            "SELECT content FROM sample_file WHERE submission_id = :id AND name = :name",
            id=row["id"],
            name=name.removesuffix(".gz"),
        )
    if content is None or not name.endswith(".gz"):
        return board.failure(request, 404, "There is no such file.")
    headers = {"Content-Disposition": f'attachment; filename="{row["permalink"]}.{name}"'}
    return Response(bytes(content), media_type="application/gzip", headers=headers)


async def decide(request: Request, board: Board) -> Response:
    """Accept, reject, retract or remark, as the form or a program says."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import JSONResponse, RedirectResponse

    try:
        caller = await run_in_threadpool(writing.caller, board, request)
        async with writing.form(board, request) as form:
            await run_in_threadpool(_decide, board, caller, request.path_params["permalink"], form)
    except writing.RefusedError as error:
        return board.failure(request, error.status, error.text)
    except SeqganError as error:
        return board.failure(request, 400, str(error))
    address = f"/submission/{request.path_params['permalink']}"
    return JSONResponse({"url": address}) if writing.bearer(request) else RedirectResponse(address, 303)


def _decide(board: Board, caller: Caller, permalink: str, form: Any) -> None:
    actions = {"accept": review.accept, "reject": review.reject, "retract": review.retract, "remark": review.comment}
    action, reason = writing.word(form, "action", 20), writing.word(form, "reason", review.MOST_REASON)
    if action not in actions:
        raise BoardError(f"There is no decision '{action}'.", f"Allowed: {', '.join(actions)}.")
    with board.store.write() as session:
        actions[action](session, permalink, caller, reason)


def listed(visit: Visit) -> Page:
    """All submissions, the newest first, by state if asked."""
    state = visit.choice("state", ("", *states.STATES))
    page = visit.number("page")
    wanted = (state,) if state else states.STATES
    rows = [brief(row) for row in states.listed(visit.session, wanted, SIZE, (page - 1) * SIZE)]
    total = visit.session.value("SELECT count(*) FROM submission WHERE state IN :states", states=list(wanted))
    columns = ("permalink", "benchmark", "model", "submitter", "state", "created_at", "reason")
    data = {"rows": rows, "state": state, "states": states.STATES, "total": total, "page_number": page, "size": SIZE}
    return Page(
        "submissions.html",
        "Submissions",
        data,
        section=SECTION,
        tables={"submissions": Table(columns, [[row[name] for name in columns] for row in rows])},
    )


def waiting(visit: Visit) -> Page:
    """Show what waits for somebody's review, with the gravest finding of the checks."""
    caller = writing.reader(visit)
    rows = [
        {**brief(row), "worst": worst(json.loads(row["checks"])), "own": _may(caller, row)["own"]}
        for row in states.listed(visit.session, ("checked",))
    ]
    account = None if caller is None else {"name": caller.name, "may_review": caller.may("review")}
    return Page("review.html", "Review", {"rows": rows, "account": account}, section=SECTION)


def contract(visit: Visit) -> Page:
    """One version of a benchmark: everything that changes a number."""
    try:
        installed = benchmarks.find(visit.session, visit.path["name"])
    except BoardError:
        raise NotFoundError(f"benchmark '{visit.path['name'][:60]}'") from None
    plain = installed.contract
    board = visit.session.value("SELECT slug FROM board WHERE id = :id", id=installed.board)
    data = {
        "contract": plain.model_dump(mode="json", by_alias=True),
        "id": plain.id,
        "sha256": plain.sha256,
        "meanings": [plain.meaning(score) for score in plain.scores],
        "board": board,
        "versions": [one.contract.id for one in benchmarks.listed(visit.session) if one.contract.name == plain.name],
    }
    columns = ("name", "title", "direction", "low", "high", "unit", "real")
    rows = [[getattr(score, name) for name in columns] for score in plain.scores]
    return Page("benchmark.html", plain.title, data, section=SECTION, tables={"scores": Table(columns, rows)})


def log(visit: Visit) -> Page:
    """Show the event log, the newest first, with the hashes that chain it."""
    page, size = visit.number("page"), 100
    rows = visit.session.rows(
        "SELECT event.id, event.at, event.actor, event.action, event.subject, event.subject_id, event.before, "
        "event.after, event.reason, event.details, event.previous_hash, event.hash, submission.permalink FROM event "
        "LEFT JOIN submission ON event.subject = 'submission' AND submission.id = event.subject_id "
        "ORDER BY event.id DESC LIMIT :size OFFSET :start",
        size=size,
        start=(page - 1) * size,
    )
    total = visit.session.value("SELECT count(*) FROM event")
    data = {"rows": rows, "total": total, "page_number": page, "size": size, "head": events.head(visit.session)}
    columns = tuple(rows[0]) if rows else ("id",)
    return Page(
        "log.html", "Log", data, section=SECTION, tables={"events": Table(columns, [[*row.values()] for row in rows])}
    )


ROUTES = (
    Route("/submissions", listed, filters=("state", "page")),
    Route("/submission/{permalink}", show),
    Route("/submission/{permalink}/samples", browse, filters=("seed", "page")),
    Route("/submission/{permalink}/files/{name}", file, kind="raw"),
    Route("/submission/{permalink}/decide", decide, kind="raw", methods=("POST",)),
    Route("/review", waiting),
    Route("/benchmark/{name}", contract),
    Route("/log", log, filters=("page",)),
)
