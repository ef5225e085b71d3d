"""A PostgreSQL server of the test run's own, in a folder, reached by a socket file."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PLACES = ("/usr/local/bin", *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)))
NOBODY = 65534


def _program(name: str) -> str:
    found = shutil.which(name) or next((f"{place}/{name}" for place in PLACES if Path(place, name).is_file()), None)
    if found is None:
        pytest.skip(f"needs PostgreSQL ({name}): apt-get install postgresql")
    return found


def _run(*command: str, folder: Path) -> None:
    """Run a program as somebody who is not root: PostgreSQL refuses root."""
    user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    found = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=120, check=False, **user)  # type: ignore[call-overload]
    assert found.returncode == 0, found.stdout + found.stderr


@contextmanager
def server() -> Iterator[str]:
    """Run a server and yield the address of its database ``postgres``; skips where PostgreSQL is not installed."""
    pytest.importorskip("psycopg", reason="needs psycopg: pip install -e '.[postgresql]'")
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    with tempfile.TemporaryDirectory(prefix="pg", dir="/tmp") as name:  # a socket's path must be short
        folder = Path(name)
        folder.chmod(0o777)
        data = str(folder / "data")
        _run(initdb, "-D", data, "-U", "board", "--auth=trust", "-E", "UTF8", "--no-sync", folder=folder)
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=120"
        _run(pg_ctl, "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start", folder=folder)
        try:
            yield f"postgresql://board@/postgres?host={folder}"
        finally:
            _run(pg_ctl, "-D", data, "-m", "immediate", "-w", "stop", folder=folder)


def new_database(address: str, name: str) -> str:
    """Make an empty database on a server and return its address."""
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return address.replace("/postgres?", f"/{name}?")
