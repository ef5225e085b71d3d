"""A grid on a local Ray: jobs become records, a stop reaches them."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.grids import MLE, QUIET, SEQGAN, job, places, write
from conftest import ROOT
from seqgan.bench.launch import Order
from seqgan.bench.runner import Grid, Runner
from seqgan.results import record

pytestmark = [pytest.mark.thorough, pytest.mark.filterwarnings("ignore")]


@pytest.fixture
def ray(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Ray on this machine alone, stopped afterwards."""
    ray = pytest.importorskip("ray")
    for variable in ("RAY_USAGE_STATS_ENABLED", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO"):
        monkeypatch.setenv(variable, "0")
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    ray.init(num_cpus=1, include_dashboard=False, configure_logging=False, log_to_driver=False)
    yield ray
    ray.shutdown()


def test_a_grid_on_ray_writes_its_records_and_a_cancelled_job_saves(ray, tmp_path: Path) -> None:
    from seqgan.bench.on_ray import OnRay

    files, where = write(tmp_path, tiny_mle=MLE, slow=SEQGAN.replace("steps = 2\n", "steps = 400\n")), places(tmp_path)
    launcher = OnRay(Order(where))
    jobs = [job(files["tiny_mle"])]
    assert Runner(Grid(jobs, where), launcher, QUIET).run().finished == 1
    assert record.read(where.record_path(jobs[0])).status == "finished"
    slow = job(files["slow"])
    handle, journal = launcher.start(slow, 0), where.folder(slow) / "journal.jsonl"
    end = time.monotonic() + 120
    while not (journal.is_file() and "policy_gradient" in journal.read_text()):
        assert time.monotonic() < end, "the job did not begin"
        time.sleep(0.1)
    handle.stop()
    end = time.monotonic() + 120
    while handle.poll() is None or where.is_claimed(slow):
        assert time.monotonic() < end, "the job did not end"
        time.sleep(0.1)
    assert handle.poll() != 0
    assert "The run is saved" in where.log(slow).read_text()
    assert handle.poll() in (128 + signal.SIGTERM, 70)


def test_a_job_that_may_compute_on_a_gpu_holds_one(ray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from seqgan.bench.on_ray import OnRay

    where, plain = places(tmp_path), SEQGAN.replace("[run]\n", '[run]\ndevice = "{}"\n')
    texts = {name: plain.replace("{}", name) for name in ("auto", "cpu", "cuda")}
    jobs = {name: job(file) for name, file in write(tmp_path, **texts).items()}

    def held(device: str = "") -> dict[str, int]:
        return {name: OnRay(Order(where, device=device)).gpus(one) for name, one in jobs.items()}

    assert held() == {"auto": 0, "cpu": 0, "cuda": 1}, "a cluster without a GPU"
    monkeypatch.setattr(ray, "cluster_resources", lambda: {"CPU": 8.0, "GPU": 2.0})
    assert held() == {"auto": 1, "cpu": 0, "cuda": 1}
    assert set(held("cpu").values()) == {0}
    assert set(held("auto").values()) == {1}
