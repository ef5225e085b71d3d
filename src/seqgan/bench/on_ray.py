"""Starting jobs as tasks of a Ray cluster, whose machines share the folders of the grid.

``ray.init()`` finds the cluster by the variable RAY_ADDRESS and starts a local one where there is none.
"""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import Any

from seqgan.bench.jobs import Job
from seqgan.bench.launch import ASK, Handle, Order
from seqgan.errors import MissingExtraError

GONE = 70  # exit code for a task that the cluster lost
PAUSE = 0.2  # seconds between two looks at a job


def _ray() -> Any:
    try:
        import ray
    except ModuleNotFoundError:
        raise MissingExtraError("A grid on a cluster needs the package 'ray'.", extra="grid") from None
    return ray


class OnRay:
    """Starts each job as one Ray task that holds its threads, and a GPU where the device is one."""

    def __init__(self, order: Order) -> None:
        """Join the cluster, or start a local one."""
        self.order, self._ray = order, _ray()
        if not self._ray.is_initialized():
            self._ray.init(configure_logging=False, log_to_driver=False, include_dashboard=False)

    def start(self, job: Job, slot: int) -> Handle:
        """Start a job wherever the cluster has room; ``slot`` plays no part, Ray chooses machine and GPU."""
        held = {"num_cpus": self.order.threads, "num_gpus": self.gpus(job)}
        task = self._ray.remote(**held, max_retries=0)(carry_out)
        log = self.order.places.log(job).absolute()
        settings = {key: value for key, value in self.order.environment(slot).items() if key in _OURS}
        return _Task(self._ray, task.remote(self.order.command(job), settings, str(log)))

    def gpus(self, job: Job) -> int:
        """Return how many GPUs a job holds: one where it asks for one, or takes what there is and the cluster has any.

        Ray hides no GPU from a task that holds none: all of them would meet on the first one.
        """
        asked = self.order.device or job.experiment.run.device
        return int(asked.startswith("cuda") or (asked == "auto" and self._ray.cluster_resources().get("GPU", 0) >= 1))


_OURS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "GOMP_SPINCOUNT", "PYTHONPATH", "SEQGAN_DATA", "SEQGAN_MIRROR")


def carry_out(command: list[str], settings: dict[str, str], log: str) -> int:
    """Run a job's process on a machine of the cluster and return its exit code; a cancelled task lets it save."""
    path = Path(log)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as output:
        process = subprocess.Popen(
            command,
            env={**os.environ, **settings},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            while process.poll() is None:  # Ray cancels between two lines of Python, not inside a wait
                time.sleep(PAUSE)
            return process.returncode
        except KeyboardInterrupt:
            process.send_signal(ASK)
            return process.wait()


class _Task:
    def __init__(self, ray: Any, reference: Any) -> None:
        self._ray, self._reference, self._code = ray, reference, -1
        self._asked = self._over = False

    def poll(self) -> int | None:
        if not self._over:
            done, _ = self._ray.wait([self._reference], timeout=0)
            if not done:
                return None
            self._over, self._code = True, self._result()
        return self._code

    def _result(self) -> int:
        try:
            return int(self._ray.get(self._reference))
        except (self._ray.exceptions.RayError, KeyboardInterrupt):
            return GONE

    def stop(self) -> None:
        if not self._asked:
            self._asked = True
            self._ray.cancel(self._reference, force=False)
