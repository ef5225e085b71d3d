"""Methods by area and collection, one collection, one method; advertisements stay hidden unless asked for."""

from __future__ import annotations

from seqgan.board.papers import of_tag, per_year
from seqgan.board.session import Row
from seqgan.board.web.page import NotFoundError, Page, Route, Table, Visit


def index(visit: Visit) -> Page:
    """Show methods by area and collection."""
    rows = visit.session.rows(
        "SELECT collection.area, collection.slug, collection.name, count(method.id) AS methods, "
        "COALESCE(sum(method.paper_count), 0) AS papers FROM collection "
        "JOIN method_collection ON method_collection.collection_id = collection.id "
        "JOIN method ON method.id = method_collection.method_id AND method.hidden = 0 "
        "GROUP BY collection.id, collection.area, collection.slug, collection.name "
        "ORDER BY collection.area, sum(method.paper_count) DESC, collection.name"
    )
    areas: dict[str, list[Row]] = {}
    for row in rows:
        areas.setdefault(row["area"], []).append(row)
    largest = sorted(areas, key=lambda name: -sum(row["methods"] for row in areas[name]))
    found = [{"name": name, "collections": areas[name]} for name in largest]
    hidden = visit.session.value("SELECT count(*) FROM method WHERE hidden = 1")
    flat = [(row["area"], row["name"], row["methods"], row["papers"]) for row in rows]
    return Page(
        "methods.html",
        "Methods",
        {"areas": found, "hidden": hidden},
        description="Methods by area and collection.",
        section="methods",
        tables={"collections": Table(("area", "collection", "methods", "papers"), flat)},
    )


def collection(visit: Visit) -> Page:
    """Show the methods of one collection, the most used first."""
    found = visit.session.row("SELECT id, slug, name, area FROM collection WHERE slug = :slug", slug=visit.path["slug"])
    if found is None:
        raise NotFoundError(f"a collection '{visit.path['slug']}'")
    rows = visit.session.rows(
        "SELECT method.slug, method.name, method.full_name, method.introduced_year, method.paper_count FROM method "
        "JOIN method_collection ON method_collection.method_id = method.id "
        "WHERE method_collection.collection_id = :id AND method.hidden = 0 "
        "ORDER BY method.paper_count DESC, method.name",
        id=found.pop("id"),
    )
    return _listed(found["name"], {"collection": found, "methods": rows, "hidden": False})


def hidden(visit: Visit) -> Page:
    """Show methods that are hidden because they look like advertisements, each with the reason."""
    rows = visit.session.rows(
        "SELECT slug, name, full_name, introduced_year, paper_count, hidden_reason FROM method WHERE hidden = 1 "
        "ORDER BY name LIMIT 10000"
    )
    found = {"slug": "", "name": "Hidden methods", "area": ""}
    return _listed("Hidden methods", {"collection": found, "methods": rows, "hidden": True})


def _listed(title: str, data: Row) -> Page:
    flat = [(row["name"], row["full_name"], row["introduced_year"], row["paper_count"]) for row in data["methods"]]
    columns = ("name", "full name", "year", "papers")
    return Page("collection.html", title, data, section="methods", tables={"methods": Table(columns, flat)})


def show(visit: Visit) -> Page:
    """Show one method: what it is, where it comes from, the papers that use it."""
    session = visit.session
    row = session.row("SELECT * FROM method WHERE slug = :slug", slug=visit.path["slug"])
    if row is None:
        raise NotFoundError(f"a method '{visit.path['slug']}'")
    number, paper = row.pop("id"), row.pop("paper_id")
    data = {
        "method": row,
        "collections": session.rows(
            "SELECT collection.slug, collection.name, collection.area FROM collection JOIN method_collection "
            "ON method_collection.collection_id = collection.id WHERE method_collection.method_id = :number "
            "ORDER BY collection.area, collection.name",
            number=number,
        ),
        "paper": session.row("SELECT slug, title, published AS date FROM paper WHERE id = :paper", paper=paper or 0),
        "papers": (used := of_tag(session, "method", number, visit.number("page"))),
        "years": per_year(session, "method", number),
        "source": session.row("SELECT title, url, licence FROM source WHERE name = :name", name=row["source"]),
    }
    flat = [(one["title"], one["date"], one["slug"]) for one in used["rows"]]
    return Page(
        "method.html",
        row["full_name"] or row["name"],
        data,
        section="methods",
        tables={"papers": Table(("title", "date", "slug"), flat)},
    )


ROUTES = (
    Route("/methods", index),
    Route("/methods/hidden", hidden),
    Route("/methods/category/{slug}", collection),
    Route("/method/{slug}", show, filters=("page",)),
)
