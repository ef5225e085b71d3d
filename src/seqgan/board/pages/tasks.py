"""Tasks by area with their sub-tasks, one area, one task."""

from __future__ import annotations

import json

from seqgan.board.pages.home import card
from seqgan.board.papers import of_tag, per_year
from seqgan.board.session import Row, Session
from seqgan.board.web.page import NotFoundError, Page, Route, Table, Visit

SHOWN = 9  # tasks of an area on the overview
CARDS = 12  # leaderboards of a task with their best model
LISTED = 500


def index(visit: Visit) -> Page:
    """Show tasks by area, those with the most leaderboards and papers first."""
    areas = visit.session.rows(
        "SELECT area.slug, area.name, count(*) AS tasks, sum(task.board_count) AS boards FROM area "
        "JOIN task_area ON task_area.area_id = area.id JOIN task ON task.id = task_area.task_id "
        "GROUP BY area.id, area.slug, area.name ORDER BY sum(task.board_count) DESC, area.name"
    )
    for area in areas:
        area["top"] = in_area(visit.session, area["slug"], SHOWN)
    loose = visit.session.rows(
        "SELECT slug, name, board_count, paper_count FROM task WHERE id NOT IN (SELECT task_id FROM task_area) "
        "AND id NOT IN (SELECT task_id FROM task_parent) AND board_count + paper_count > 0 "
        "ORDER BY board_count DESC, paper_count DESC, name LIMIT 60"
    )
    columns = ("name", "board_count", "paper_count")
    flat = [(area["name"], *(task[name] for name in columns)) for area in areas for task in area["top"]]
    return Page(
        "tasks.html",
        "Tasks",
        {"areas": areas, "loose": loose},
        description="Tasks by area of research.",
        section="tasks",
        tables={"tasks": Table(("area", "task", "leaderboards", "papers"), flat)},
    )


def in_area(session: Session, area: str, most: int) -> list[Row]:
    """Return the tasks of an area, those with the most leaderboards first."""
    return session.rows(
        "SELECT task.slug, task.name, task.board_count, task.paper_count FROM task "
        "JOIN task_area ON task_area.task_id = task.id JOIN area ON area.id = task_area.area_id "
        "WHERE area.slug = :area ORDER BY task.board_count DESC, task.paper_count DESC, task.name LIMIT :most",
        area=area,
        most=most,
    )


def area(visit: Visit) -> Page:
    """Show all tasks of one area."""
    found = visit.session.row("SELECT slug, name FROM area WHERE slug = :slug", slug=visit.path["slug"])
    if found is None:
        raise NotFoundError(f"an area '{visit.path['slug']}'")
    tasks = in_area(visit.session, found["slug"], 5000)
    flat = [(task["name"], task["board_count"], task["paper_count"]) for task in tasks]
    return Page(
        "area.html",
        found["name"],
        {"area": found, "tasks": tasks},
        section="tasks",
        tables={"tasks": Table(("task", "leaderboards", "papers"), flat)},
    )


def task(visit: Visit) -> Page:
    """Show one task: what it is, its leaderboards with their best models, sub-tasks, papers."""
    session = visit.session
    found = session.row("SELECT * FROM task WHERE slug = :slug", slug=visit.path["slug"])
    if found is None:
        raise NotFoundError(f"a task '{visit.path['slug']}'")
    number = found.pop("id")
    found["synonyms"] = json.loads(found["synonyms"])
    boards = session.rows(
        "SELECT board.slug, dataset.name AS dataset, dataset.slug AS dataset_slug, board.entry_count, board.latest "
        "FROM board JOIN dataset ON dataset.id = board.dataset_id "
        "WHERE board.task_id = :task AND board.entry_count > 0 "
        f"ORDER BY board.entry_count DESC, dataset.name LIMIT {LISTED}",
        task=number,
    )
    data = {
        "task": found,
        "areas": session.rows(
            "SELECT area.slug, area.name FROM area JOIN task_area ON task_area.area_id = area.id "
            "WHERE task_area.task_id = :task ORDER BY area.name",
            task=number,
        ),
        "parents": relatives(session, "parent_id", "task_id", number),
        "children": relatives(session, "task_id", "parent_id", number),
        "cards": [card(session, board["slug"]) for board in boards[:CARDS]],
        "boards": boards,
        "papers": of_tag(session, "task", number, visit.number("page")),
        "years": per_year(session, "task", number),
    }
    flat = [(board["dataset"], board["entry_count"], board["latest"], board["slug"]) for board in boards]
    return Page(
        "task.html",
        found["name"],
        data,
        description=f"{found['name']}: {len(boards)} leaderboards.",
        section="tasks",
        tables={"leaderboards": Table(("dataset", "results", "latest", "address"), flat)},
    )


def relatives(session: Session, wanted: str, given: str, number: int) -> list[Row]:
    """Return the parents or the sub-tasks of a task."""
    return session.rows(
        "SELECT task.slug, task.name, task.board_count, task.paper_count FROM task JOIN task_parent "
        f"ON task_parent.{wanted} = task.id WHERE task_parent.{given} = :number "
        "ORDER BY task.board_count DESC, task.name",
        number=number,
    )


ROUTES = (Route("/tasks", index), Route("/area/{slug}", area), Route("/task/{slug}", task, filters=("page",)))
