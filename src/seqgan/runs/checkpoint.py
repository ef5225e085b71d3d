"""Checkpoints: nested plain data and tensors in one safetensors file with a digest over all of it; no pickle.

A file is written under a temporary name, put on the disk and renamed, so a name never holds half a file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from seqgan.errors import CheckpointError
from seqgan.runs.files import replace

_MARK = "$"
_KEY = "seqgan"


class DamagedError(CheckpointError):
    """A file was read and is not as it was written."""


def pack(state: Any) -> tuple[dict[str, Tensor], Any]:
    """Split nested dicts, lists and tuples into named tensors and a skeleton that JSON can hold.

    A tensor that occurs twice is stored once. Raises CheckpointError for anything that is not plain data.
    """
    tensors: dict[str, Tensor] = {}
    known: dict[tuple[int, tuple[int, ...], tuple[int, ...], torch.dtype], str] = {}

    def walk(value: Any) -> Any:
        if isinstance(value, Tensor):
            key = (value.data_ptr(), tuple(value.shape), value.stride(), value.dtype)
            if key not in known or value.numel() == 0:
                known[key] = f"t{len(tensors)}"
                tensors[known[key]] = value.detach()
            return {_MARK: "tensor", "name": known[key]}
        if isinstance(value, dict):
            if all(isinstance(name, str) and name != _MARK for name in value):
                return {name: walk(inner) for name, inner in value.items()}
            return {_MARK: "items", "items": [[walk(name), walk(inner)] for name, inner in value.items()]}
        if isinstance(value, tuple):
            return {_MARK: "tuple", "items": [walk(inner) for inner in value]}
        if isinstance(value, list):
            return [walk(inner) for inner in value]
        if value is None or isinstance(value, (bool, int, float, str)):
            return value
        raise CheckpointError(f"A value of type {type(value).__name__} cannot be saved.", "Use tensors and plain data.")

    skeleton = walk(state)
    return tensors, skeleton


def unpack(tensors: dict[str, Tensor], skeleton: Any) -> Any:
    """Return the state that :func:`pack` split."""
    if isinstance(skeleton, list):
        return [unpack(tensors, inner) for inner in skeleton]
    if not isinstance(skeleton, dict):
        return skeleton
    kind = skeleton.get(_MARK)
    if kind == "tensor":
        return tensors[skeleton["name"]]
    if kind == "tuple":
        return tuple(unpack(tensors, inner) for inner in skeleton["items"])
    if kind == "items":
        return {unpack(tensors, name): unpack(tensors, inner) for name, inner in skeleton["items"]}
    return {name: unpack(tensors, inner) for name, inner in skeleton.items()}


def digest(tensors: dict[str, Tensor], about: str) -> str:
    """Return the SHA-256 of every tensor's name, type, shape and bytes and of the text ``about``."""
    total = hashlib.sha256(about.encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        total.update(f"\n{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        total.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return total.hexdigest()


def fingerprint(state: Any) -> str:
    """Return a digest of nested plain data and tensors, which tells two states apart."""
    tensors, skeleton = pack(state)
    return digest(_separate(tensors), json.dumps(skeleton, sort_keys=True))


def write(path: Path, tensors: dict[str, Tensor], about: Any) -> None:
    """Write ``tensors`` and the plain data ``about`` to ``path``, whole or not at all; raises OSError."""
    own = _separate(tensors)
    text = json.dumps(about, ensure_ascii=False)
    data = save(own, metadata={_KEY: f"{digest(own, text)} {text}"})  # one key: several come in any order
    replace(path, data)


def _separate(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors on the CPU, contiguous, none sharing memory with another (the format's demand)."""
    own: dict[str, Tensor] = {}
    seen: set[int] = set()
    for name, tensor in tensors.items():
        here = tensor.detach().to("cpu").contiguous()
        storage = here.untyped_storage()
        if storage.data_ptr() in seen or storage.nbytes() != here.nbytes:
            here = here.clone()
        seen.add(here.untyped_storage().data_ptr())
        own[name] = here
    return own


def read(path: Path) -> tuple[dict[str, Tensor], Any]:
    """Return the tensors and the plain data of a file.

    Raises DamagedError where it was cut or changed, CheckpointError where it is missing or cannot be read.
    """
    try:
        with path.open("rb") as file:  # safe_open calls a file missing whatever keeps it from opening it
            file.read(1)
        with safe_open(path, framework="pt", device="cpu") as file:
            said, _, about = (file.metadata() or {}).get(_KEY, "").partition(" ")
            tensors = {name: file.get_tensor(name) for name in file.keys()}
    except FileNotFoundError:
        raise CheckpointError(f"There is no file {path}.", "Check the path.") from None
    except OSError as error:
        raise _unreadable(path, error) from None
    except (SafetensorError, ValueError) as error:
        raise DamagedError(f"{path} is damaged ({error}).") from None
    if said != digest(tensors, about):
        raise DamagedError(f"{path} is damaged: it was cut or changed after it was written.")
    return tensors, json.loads(about)


def _unreadable(path: Path, error: OSError) -> CheckpointError:
    reason = error.strerror or error
    return CheckpointError(f"{path} cannot be read: {reason}.", "Check its disk and its rights, then try again.")


def _number(path: Path) -> int:
    """Return the number in a checkpoint's name, 0 where another word stands there."""
    word = path.stem.removeprefix("checkpoint-")
    return int(word) if word.isdecimal() else 0


class Checkpoints:
    """The numbered checkpoint files of one run; the newest ``keep`` stay."""

    def __init__(self, folder: Path, keep: int) -> None:
        """Look after the files in ``folder``."""
        self.folder, self.keep = folder, keep

    def files(self) -> list[Path]:
        """Return the checkpoint files, the newest (that with the largest number) first."""
        numbered = [path for path in self.folder.glob("checkpoint-*.safetensors") if _number(path) > 0]
        return sorted(numbered, key=_number, reverse=True)

    def save(self, state: dict[str, Any]) -> Path:
        """Write ``state`` as the newest checkpoint and drop those beyond ``keep``; raises OSError on a full disk."""
        self.folder.mkdir(exist_ok=True)
        files = self.files()
        number = _number(files[0]) + 1 if files else 1
        path = self.folder / f"checkpoint-{number:06d}.safetensors"
        write(path, *pack(state))
        for old in self.files()[self.keep :]:
            old.unlink(missing_ok=True)
        return path

    def load(self, say: Callable[[str], None]) -> tuple[dict[str, Any], Path] | None:
        """Return the newest whole checkpoint and its file, or None where none was ever written.

        Damaged files are named aloud and set aside. Raises CheckpointError where all are damaged, and where one cannot
        be read: it may be whole, so it stays.
        """
        self._check_folder()
        files = self.files()
        for path in files:
            try:
                state = unpack(*read(path))
            except DamagedError as error:
                aside = path.with_suffix(".damaged")
                path.replace(aside)
                say(f"{error.problem} It was set aside as {aside.name}; the previous checkpoint is used.")
            else:
                return state, path
        if files or any(self.folder.glob("*.damaged")):
            raise CheckpointError(
                f"Every checkpoint in {self.folder} is damaged.",
                "Delete that folder to do the run again from its beginning, with the same settings.",
            )
        return None

    def _check_folder(self) -> None:
        """Raise CheckpointError where the folder is there but shows no names: it would look as if it held nothing."""
        try:
            next(self.folder.iterdir(), None)
        except OSError as error:
            if self.folder.is_symlink() or not isinstance(error, FileNotFoundError):
                raise _unreadable(self.folder, error) from None
