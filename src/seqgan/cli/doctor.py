"""Look this machine over: versions, device, threads, memory, data, and a self-test of about a minute."""

from __future__ import annotations

import math
import os
import platform
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from seqgan.cli import _machine
from seqgan.cli._options import Json
from seqgan.cli._output import columns, dump, note, say, size

SELF_TEST = {
    "task.train_rows": 300,
    "task.valid_rows": 100,
    "task.test_rows": 100,
    "algorithm.pretrain_epochs": 1,
    "algorithm.pretrain_discriminator_steps": 1,
    "algorithm.steps": 2,
    "algorithm.negatives": 64,
    "discriminator.scale": 0.1,
    "credit.rollouts": 2,
    "run.evaluate_samples": 50,
    "run.final_samples": 50,
}


def command(
    quick: Annotated[bool, typer.Option("--quick", help="Leave the self-test out.")] = False, as_json: Json = False
) -> None:
    """Look this machine over, train and sample a tiny model in a temporary folder; exit code 1 if anything fails.

    Example: seqgan doctor
    """
    facts = _facts()
    if not as_json:
        for line in columns(facts.items()):
            say(line)
    results: dict[str, str] = {}
    for name, result in _checks(quick):
        results[name] = result
        if not as_json:
            say(f"{name}: {result}")
    failed = [name for name, result in results.items() if result.startswith("FAILED")]
    if as_json:
        dump({"machine": facts, "self_test": results, "ok": not failed})
    else:
        well = "Nothing amiss was seen; no self-test was made (--quick)." if quick else "All is well."
        say(f"{len(failed)} of {len(results)} checks failed." if failed else well)
    raise typer.Exit(1 if failed else 0)


def _facts() -> dict[str, str]:
    """Return what the machine is, in words; without PyTorch what is known without it."""
    from seqgan import __version__

    total, free = _machine.memory()
    packages = ", ".join(f"{name} {version}" for name, version in _machine.versions().items())
    return {
        "seqgan": f"{__version__}, from {Path(__file__).parents[1]}",
        "python": f"{platform.python_version()} on {platform.platform()}",
        "packages": packages,
        **_devices(),
        "memory": f"{_size(total)}, {_size(free)} free",
        "disk": f"{size(_machine.free_disk(Path()))} free here",
        "data": _data(),
    }


def _devices() -> dict[str, str]:
    """Return what PyTorch computes on; nothing where it cannot be imported, which a check then tells."""
    try:
        import torch
    except (ImportError, OSError, RuntimeError):  # what a broken installation raises
        return {}
    from seqgan.runs import environment

    here = environment.describe(environment.choose_device("auto"))
    threads = torch.get_num_threads()
    return {
        "processor": f"{here['processor']}, {os.cpu_count()} cores, {threads} threads for PyTorch",
        "device auto": f"{here['device']} ({here['device_name']})",
    }


def _size(count: int | None) -> str:
    return "unknown" if count is None else size(count)


def _data() -> str:
    """Return where data files come from."""
    mirror = os.environ.get("SEQGAN_MIRROR")
    return f"files from the folder {mirror} (SEQGAN_MIRROR)" if mirror else "files from the cache; seqgan fetch NAME"


def _checks(quick: bool) -> Iterator[tuple[str, str]]:
    """Yield (what was tried, what came out): what takes no time, then the self-test unless ``quick``."""
    yield "import PyTorch", _tried(_torch)
    yield "folder of data", _tried(_source)
    if not quick:
        yield from _self_test()


def _torch() -> str:
    import torch

    return f"version {torch.__version__}"


def _source() -> str:
    from seqgan.data.source import Source

    source = Source.default()
    source.check()
    return str(source.mirror or source.cache)


def _self_test() -> Iterator[tuple[str, str]]:
    """Yield (what was tried, what came out); a part that fails does not keep the later ones from being tried."""
    with tempfile.TemporaryDirectory() as name:
        run = Path(name) / "run"
        for title, part in (
            ("matrix products", _rates),
            ("train a tiny model", lambda: _train(run)),
            ("load it and draw strings", lambda: _sample(run)),
            ("write a report", lambda: _report(run)),
        ):
            note(f"{title} ...")
            yield title, _tried(part)


def _tried(part: Callable[[], str]) -> str:
    """Return what a part says and its time, or the failure in words: a doctor must survive the illness."""
    begin = time.perf_counter()
    try:
        return f"ok, {part()} ({time.perf_counter() - begin:.1f} s)"
    except Exception as error:
        return f"FAILED: {type(error).__name__}: {error}"


def _rates() -> str:
    import torch

    from seqgan.data.cost import matrix_rate

    single, half = (matrix_rate(0.5, 1024, dtype) for dtype in (torch.float32, torch.bfloat16))
    advice = "run.dtype=bf16 will help" if half > 1.5 * single else "run.dtype=bf16 will not help"
    return f"{single / 1e9:,.0f} GFLOP/s in fp32, {half / 1e9:,.0f} in bf16; {advice}"


def _train(run: Path) -> str:
    from seqgan import api

    api.train("oracle_grammar", settings=SELF_TEST, out=run, quiet=True)
    return "finished"


def _sample(run: Path) -> str:
    from seqgan import api

    model = api.load(run)
    strings = model.sample(3, seed=1)
    surprise = -float(model.log_prob(strings).mean())
    if not math.isfinite(surprise):
        raise ValueError(f"the model gives its own strings {strings} no finite probability")
    return repr(strings[0])


def _report(run: Path) -> str:
    from seqgan import api

    path: Any = api.report(run)
    return f"{size(path.stat().st_size)}"
