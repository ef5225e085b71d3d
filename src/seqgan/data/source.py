"""Where known data files come from: a mirror folder, the verified cache, or a download that somebody asked for."""

from __future__ import annotations

import hashlib
import http.client
import os
import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from seqgan.errors import DataError
from seqgan.progress import Progress

Report = Callable[[str, int, int], None]
"""Called with a file's name, the bytes fetched so far and all bytes (0 where unknown)."""

_BLOCK = 1 << 16
_TIMEOUT = 30  # seconds without a byte


@dataclass(frozen=True)
class RemoteFile:
    """A file that a task needs: its name in cache and mirror, its address, its licence and what proves it genuine.

    Either ``sha256`` or ``git_blob`` is given (the SHA-1 of ``blob <size>`` + NUL + content, as git names it).
    ``task`` is the name under which ``seqgan fetch`` finds it; without ``address`` only a mirror can have it.
    """

    name: str
    task: str
    address: str
    licence: str
    sha256: str = ""
    git_blob: str = ""


def cache_folder() -> Path:
    """Return the folder of downloaded data: ``SEQGAN_DATA``, else the user's cache folder of this system."""
    if chosen := os.environ.get("SEQGAN_DATA"):
        return Path(chosen).expanduser()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "seqgan"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "seqgan"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "seqgan"


@dataclass(frozen=True)
class Source:
    """Where files are looked for: first the ``mirror`` folder, then the ``cache``. Nothing is ever downloaded here."""

    mirror: Path | None
    cache: Path
    progress: Progress | None = None

    @classmethod
    def default(cls, mirror: Path | str | None = None, progress: Progress | None = None) -> Source:
        """Return the source of this machine; without ``mirror`` the variable ``SEQGAN_MIRROR`` names it."""
        named = mirror or os.environ.get("SEQGAN_MIRROR")
        return cls(Path(named).expanduser() if named else None, cache_folder(), progress)

    def check(self) -> None:
        """Raise DataError where the mirror is no folder; who needs no file is not bothered with that."""
        if self.mirror is not None and not self.mirror.is_dir():
            raise DataError(f"The mirror {self.mirror} is no folder.", "Correct SEQGAN_MIRROR or --mirror.")

    def path(self, file: RemoteFile) -> Path:
        """Return the verified file; raises DataError where it is damaged or missing, saying how to get it."""
        self.check()
        for folder in (self.mirror, self.cache):
            if folder is not None and (folder / file.name).is_file():
                verify(folder / file.name, file)
                return folder / file.name
        raise DataError(
            f"The data file {file.name} is not on this machine.",
            f"Download it with 'seqgan fetch {file.task}', or set SEQGAN_MIRROR to a folder that has it.",
        )


def fetch(files: Iterable[RemoteFile], source: Source, report: Report | None = None) -> list[Path]:
    """Bring files into the cache, from the mirror where it has them, else by download; return their paths.

    A file that is there and genuine is left alone. A file with the wrong hash is an error and is not kept; an
    interrupted download leaves nothing behind. Raises DataError.
    """
    return [_fetch_one(file, source, report or _silent) for file in files]


def _silent(name: str, done: int, total: int) -> None:
    """Report nothing."""


def _fetch_one(file: RemoteFile, source: Source, report: Report) -> Path:
    source.check()
    target = source.cache / file.name
    if target.is_file() and _matches(target, file):
        return target
    # The name is this process's own, so that two fetches at once do not write into each other's file.
    temporary = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        mirrored = source.mirror / file.name if source.mirror else None
        if mirrored is not None and mirrored.is_file():
            shutil.copyfile(mirrored, temporary)
        else:
            _download(file, temporary, report)
        verify(temporary, file, origin=str(mirrored) if mirrored and mirrored.is_file() else file.address)
        temporary.replace(target)
    except OSError as error:
        raise DataError(f"{file.name} could not be fetched: {error}.", "Check the network and the disk.") from None
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    return target


def _download(file: RemoteFile, target: Path, report: Report) -> None:
    if not file.address:
        raise DataError(
            f"No address serves {file.name}: it was prepared by hand.", "Set SEQGAN_MIRROR to a folder that has it."
        )
    request = urllib.request.Request(file.address, headers={"User-Agent": "seqgan"})
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer, target.open("wb") as stream:
            size = int(answer.headers["Content-Length"] or 0)
            done = _copy(answer, stream, lambda done: report(file.name, done, size))
            if done < size:  # the library takes a connection that broke for the end of the file
                raise ConnectionError(f"the connection broke after {done:,} of {size:,} bytes")
    except (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError) as error:
        reason = getattr(error, "reason", error)
        raise DataError(
            f"{file.address} cannot be downloaded: {reason}.",
            "Check the network and try again, or set SEQGAN_MIRROR to a folder that has the file.",
        ) from None


def _copy(answer: IO[bytes], stream: IO[bytes], report: Callable[[int], None]) -> int:
    """Copy to the end, and return the number of bytes."""
    done = 0
    while block := answer.read(_BLOCK):
        stream.write(block)
        done += len(block)
        report(done)
    return done


def verify(path: Path, file: RemoteFile, origin: str = "") -> None:
    """Raise DataError where a file is not the one that ``file`` describes."""
    if not _matches(path, file):
        where = origin or str(path)
        raise DataError(
            f"{where} is not the genuine {file.name}: its {'SHA-256' if file.sha256 else 'git id'} is "
            f"{_digest(path, file)}, not {file.sha256 or file.git_blob} ({path.stat().st_size:,} bytes).",
            "Remove it and fetch it again; if that does not help, the address serves another file now.",
        )


def _matches(path: Path, file: RemoteFile) -> bool:
    return _digest(path, file) == (file.sha256 or file.git_blob)


def _digest(path: Path, file: RemoteFile) -> str:
    if file.sha256:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    return git_blob(path)


def git_blob(path: Path) -> str:
    """Return the id that git gives a file's content (SHA-1)."""
    sha = hashlib.sha1(f"blob {path.stat().st_size}\0".encode(), usedforsecurity=False)
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            sha.update(block)
    return sha.hexdigest()
