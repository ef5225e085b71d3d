"""The command ``seqgan board``: imports told in a last line, faults in one sentence, a server that answers."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from board import world
from house.source import SRC
from seqgan.cli.main import run


def test_an_import_ends_with_what_the_board_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = world.files(tmp_path)
    options = [part for kind, path in paths.items() for part in (f"--{kind}", str(path))]
    assert run(["board", "import", "--database", str(tmp_path / "b.sqlite"), *options]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "The board holds 11 leaderboards and 41 rows of the archive."


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["board", "import"], "nothing to import"),
        (["board", "import", "--methods", "none.json.gz"], "cannot be read"),
        (["board", "--database", "no/such/folder/b.sqlite"], "no folder"),
        (["board", "--no-such-option"], "No such option"),
    ],
)
def test_faults_are_told_with_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(words) == 2
    assert said in capsys.readouterr().err


def test_a_taken_port_is_told_before_anything_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port, database = str(other.getsockname()[1]), tmp_path / "b.sqlite"
        assert run(["board", "--port", port, "--database", str(database)]) == 2
    said = capsys.readouterr().err
    assert f"Port {port} cannot be used" in said
    assert "token" not in said
    assert not database.exists()


def test_a_database_named_before_the_subcommand_is_the_one_that_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    methods = str(world.files(tmp_path, "methods")["methods"])
    assert run(["board", "--database", "named.sqlite", "import", "--methods", methods]) == 0
    assert run(["board", "--database", "named.sqlite", "token", "create", "zed"]) == 0
    assert not (tmp_path / "board.sqlite").exists()
    capsys.readouterr()
    assert run(["board", "--database", "other.sqlite", "token", "list", "--database", "named.sqlite"]) == 0
    assert "zed" in capsys.readouterr().out


@pytest.mark.parametrize("option", [["--port", "0"], ["--demo"], ["--host-name", "x"]])
def test_what_is_for_serving_is_refused_before_a_subcommand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], option: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["board", *option, "token", "list"]) == 2
    assert f"{option[0]} has no effect before 'token'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("given", ["papers", "methods"])
def test_a_wrong_file_is_refused_with_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], given: str
) -> None:
    path = str(world.files(tmp_path, given)[given])
    assert run(["board", "import", "--database", str(tmp_path / "b.sqlite"), "--evaluation-tables", path]) == 2
    assert f"It looks like --{given}" in capsys.readouterr().err


@pytest.mark.thorough
def test_the_server_answers_on_this_machine_without_torch(tmp_path: Path) -> None:
    code = (
        "import sys, threading, time\n"
        "def watch():\n    time.sleep(3)\n    print('torch' in sys.modules, flush=True)\n"
        "threading.Thread(target=watch, daemon=True).start()\n"
        "from seqgan.cli.main import main\n"
        "sys.argv = ['seqgan', 'board', '--port', '0', '--database', sys.argv[1]]\nmain()"
    )
    environment = {**os.environ, "PYTHONPATH": str(SRC), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-c", code, str(tmp_path / "b.sqlite")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        try:
            assert server.stdout is not None
            lines = [server.stdout.readline()]
            while "http" not in lines[-1]:
                lines.append(server.stdout.readline())
            address = next(word for word in lines[-1].split() if word.startswith("http"))
            with urllib.request.urlopen(address, timeout=30) as answer:
                assert b"Nothing here yet" in answer.read()
            told = lines[0] if "http" not in lines[0] else server.stdout.readline()
            assert told.strip() == "False"
        finally:
            server.terminate()
