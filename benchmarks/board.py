"""The board at full archive size: import times, disk and memory, latencies of pages and searches under many readers.

    .venv/bin/python benchmarks/board.py                              576,000 papers, 300,000 links, 11,000 leaderboards
    .venv/bin/python benchmarks/board.py --share 0.1                  a tenth of that
    .venv/bin/python benchmarks/board.py --real evaluation-tables.json.gz   and a real file of evaluation tables
    .venv/bin/python benchmarks/board.py --json OUT                   the figures as JSON

Goals: the real evaluation tables of 2020 in under 20 s; the synthetic archive in under 3 minutes and 2 GB on two
cores; the median of a search under 100 ms and of a leaderboard page under 150 ms, both on the server's side with one
reader. With 8 and 32 readers at once requests wait for each other: what they wait is in the reader's times.
Every request asks for a page that the server has not kept, but for the rows "kept": the same pages, asked again.
Suggestions have no such row, for the server never keeps them.
The archive is made up (benchmarks/board_archive.py) in the folder --work, which is kept between runs.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import os
import resource
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from board_archive import Archive

from seqgan.board.archive.run import import_archive
from seqgan.board.store import open_store
from seqgan.progress import Progress

READERS = (1, 8, 32)
NEVER_KEPT = {"suggestions"}  # they are no page
GOALS = {"real tables s": 20, "archive s": 180, "archive GB": 2, "search ms": 100, "board ms": 150}


def imported(database: Path, files: dict[str, Path]) -> dict[str, float]:
    """Import files into a new database and return seconds, gigabytes of disk and of memory."""
    for path in database.parent.glob(f"{database.name}*"):
        path.unlink()
    store = open_store(database)
    begun = time.perf_counter()
    total = import_archive(store, files, Progress())
    seconds = time.perf_counter() - begun
    store.close()
    size = sum(path.stat().st_size for path in database.parent.glob(f"{database.name}*"))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"s": seconds, "GB": size / 1e9, "memory GB": memory / 1e9, "boards": total.boards, "rows": total.rows}


def addresses(database: Path, count: int = 40) -> dict[str, list[str]]:
    """Return kinds of requests, each with addresses that differ."""
    store = open_store(database)
    with store.read() as session:
        slugs = {
            "board": session.column("SELECT slug FROM board WHERE entry_count > 0 ORDER BY slug LIMIT :n", n=count),
            "large board": session.column("SELECT slug FROM board ORDER BY entry_count DESC LIMIT :n", n=count),
            "paper": session.column(
                "SELECT slug FROM paper WHERE id IN (SELECT paper_id FROM entry) ORDER BY id LIMIT :n", n=count
            ),
            "task": session.column("SELECT slug FROM task ORDER BY paper_count DESC LIMIT :n", n=count),
        }
        titles = session.column("SELECT title FROM paper WHERE id % 997 = 1 LIMIT :n", n=count)
    store.close()
    words = [title.split() for title in titles]
    pages = {
        kind: [f"/{'sota' if 'board' in kind else kind}/{slug}" for slug in every] for kind, every in slugs.items()
    }
    searches = [f"/search?q={some[0]}+{some[-2]}" for some in words]
    common = [f"/search?q={word}" for word in ("learning", "neural", "image+model", "deep+network", "language")]
    typed = [f"/suggest?q={some[1][:4]}" for some in words]
    return {"explore": ["/"], **pages, "search": searches, "search, common words": common, "suggestions": typed}


def read(port: int, paths: list[str], readers: int, each: int) -> list[tuple[float, float]]:
    """Let some readers ask for pages one after another, each for others; return (reader's ms, server's ms) of each.

    Ends the measurement where a page is not answered as it should be.
    """
    times: list[tuple[float, float]] = []
    faults: list[str] = []

    def reader(start: int) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            for path in itertools.islice(itertools.cycle(paths), start * each, (start + 1) * each):
                try:
                    times.append(answered(connection, path))
                except Exception as fault:  # raised in here it would end this one thread and nothing else
                    faults.append(f"{path}: {fault}")
                    return

    threads = [threading.Thread(target=reader, args=(place,)) for place in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise SystemExit("\n".join(faults))
    return times


def answered(connection: http.client.HTTPConnection, path: str) -> tuple[float, float]:
    """Ask for one page and return (reader's ms, server's ms)."""
    begun = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise ValueError(f"the server answered {answer.status}")
    server = float(str(answer.headers["Server-Timing"]).partition("dur=")[2])
    return 1000 * (time.perf_counter() - begun), server


def latencies(database: Path, each: int) -> list[dict[str, Any]]:
    """Serve a database in a process of its own and return the times for each kind of request and number of readers."""
    command = [sys.executable, "-m", "seqgan.cli.main", "board", "--database", str(database), "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent / "src"), "PYTHONUNBUFFERED": "1"}
    share = {readers: max(each // readers, 3) for readers in READERS}
    found = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        try:
            assert server.stdout is not None
            port = int(server.stdout.readline().partition("127.0.0.1:")[2].split()[0])
            for kind, paths in addresses(database).items():
                read(port, paths[:3], 1, 3)
                new = _unkept(paths)
                for readers in READERS:
                    asked = list(itertools.islice(new, readers * share[readers]))
                    times = read(port, asked, readers, share[readers])
                    found.append({"kind": kind, "readers": readers, "kept": False, **_summary(times)})
                if kind not in NEVER_KEPT:
                    times = read(port, paths, READERS[-1], share[READERS[-1]])
                    found.append({"kind": kind, "readers": READERS[-1], "kept": True, **_summary(times)})
        finally:
            server.terminate()
    return found


def _unkept(paths: list[str]) -> Iterator[str]:
    """Yield addresses for ever that no request had before: a word that pages do not know makes them others."""
    for place, path in enumerate(itertools.cycle(paths)):
        yield f"{path}{'&' if '?' in path else '?'}benchmark={place}"


def _summary(times: list[tuple[float, float]]) -> dict[str, float]:
    reader, server = zip(*times, strict=True)
    last = statistics.quantiles(reader, n=20)[-1]
    return {"server median": statistics.median(server), "median": statistics.median(reader), "p95": last}


def show(figures: dict[str, Any]) -> None:
    """Print the figures."""
    for name in ("real tables", "archive"):
        if name in figures:
            one = figures[name]
            print(f"{name}: {one['s']:.1f} s, {one['GB']:.2f} GB, {one['memory GB']:.2f} GB of memory at most")
            print(f"  {one['boards']:,} leaderboards, {one['rows']:,} rows")
    print(f"{'request':<22}{'readers':>12}{'server median':>15}{'median':>9}{'p95':>9}   ms")
    for one in figures["latencies"]:
        numbers = f"{one['server median']:>15.1f}{one['median']:>9.1f}{one['p95']:>9.1f}"
        print(f"{one['kind']:<22}{str(one['readers']) + ' kept' * one['kept']:>12}{numbers}")
    for name, missed in misses(figures).items():
        print(f"goal missed: {name} is {missed:.1f}, the goal {GOALS[name]}")


def misses(figures: dict[str, Any]) -> dict[str, float]:
    """Return the goals that were missed with what was measured."""
    alone = {one["kind"]: one["server median"] for one in figures["latencies"] if one["readers"] == 1}
    found = {"search ms": alone["search"], "board ms": alone["board"]}
    found |= {"archive s": figures["archive"]["s"], "archive GB": figures["archive"]["GB"]}
    found |= {"real tables s": figures["real tables"]["s"]} if "real tables" in figures else {}
    return {name: value for name, value in found.items() if value > GOALS[name]}


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--share", type=float, default=1.0, help="of the full size")
    parser.add_argument("--real", type=Path, help="a real evaluation-tables.json.gz")
    parser.add_argument("--work", type=Path, default=Path("runs/board-benchmark"), help="a folder for the files")
    parser.add_argument("--requests", type=int, default=120, help="of each kind")
    parser.add_argument("--keep", action="store_true", help="measure the database of an earlier run, import nothing")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    chosen = parser.parse_args()
    files = Archive(chosen.work, chosen.share).write()
    database = chosen.work / f"archive-{chosen.share:g}.sqlite"
    figures: dict[str, Any] = {"share": chosen.share, "cores": os.cpu_count()}
    if chosen.real:
        figures["real tables"] = imported(chosen.work / "real.sqlite", {"evaluation-tables": chosen.real})
    kept = chosen.work / f"import-{chosen.share:g}.json"
    if not chosen.keep:
        kept.write_text(json.dumps(imported(database, files)), encoding="utf-8")
    figures["archive"] = json.loads(kept.read_text(encoding="utf-8"))
    figures["latencies"] = latencies(database, chosen.requests)
    show(figures)
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
