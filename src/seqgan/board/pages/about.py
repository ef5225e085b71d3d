"""About: what the tiers of evidence mean, where the data comes from, under which licence."""

from __future__ import annotations

from seqgan.board.web.page import Page, Route, Table, Visit


def show(visit: Visit) -> Page:
    """Show sources, licences, tiers of evidence, and what a board can and cannot know."""
    session = visit.session
    sources = session.rows("SELECT name, title, url, licence, notice FROM source ORDER BY name")
    for source in sources:
        source["results"] = session.value(
            "SELECT count(*) FROM entry WHERE source = :name AND state = 'published'", name=source["name"]
        )
    files = session.rows("SELECT kind, sha256, records, imported_at FROM imported_file ORDER BY imported_at, kind")
    tiers = session.pairs("SELECT tier, count(*) FROM value WHERE seed IS NULL GROUP BY tier")
    flat = [
        (source["name"], source["title"], source["licence"], source["url"], source["results"]) for source in sources
    ]
    return Page(
        "about.html",
        "About",
        {"sources": sources, "files": files, "values": tiers},
        description="Where the figures of this board come from.",
        section="about",
        tables={"sources": Table(("name", "title", "licence", "address", "results"), flat)},
    )


ROUTES = (Route("/about", show),)
