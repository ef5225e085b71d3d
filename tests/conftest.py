"""What every test shares: one thread, no network, a fixed Hypothesis, seeds, the data mirror."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

ROOT = Path(__file__).parent.parent
MIRROR = os.environ.get("SEQGAN_MIRROR", "")

hypothesis_settings.register_profile("house", deadline=None, derandomize=True, database=None)
hypothesis_settings.load_profile("house")


def pytest_configure() -> None:
    """Set what libraries read when they are first imported, and signals as our processes are to inherit them."""
    for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    os.environ.setdefault("MPLBACKEND", "Agg")
    for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(number) == signal.SIG_IGN:  # as in a shell's background job, or under nohup
            signal.signal(number, usual)


def _is_loopback(address: Any) -> bool:
    return isinstance(address, str | bytes) or address[0] in ("127.0.0.1", "::1", "localhost")


@pytest.fixture(scope="session", autouse=True)
def _surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Refuse every connection that leaves this machine, and keep the user's own folders out of the tests."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guard(original: Any) -> Any:
        def guarded(self: socket.socket, address: Any) -> Any:
            if not _is_loopback(address):
                raise OSError(f"tests reach no network, and something tried {address!r}")
            return original(self, address)

        return guarded

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guard(connect))
        patch.setattr(socket.socket, "connect_ex", guard(connect_ex))
        for proxy in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            patch.delenv(proxy, raising=False)
        patch.setenv("SEQGAN_DATA", str(tmp_path_factory.mktemp("data")))
        yield


def _is_mirror_skip(report: pytest.TestReport | pytest.CollectReport) -> bool:
    if not MIRROR or not report.skipped or hasattr(report, "wasxfail"):
        return False
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return "mirror" in reason.lower()


def _refuse_mirror_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if _is_mirror_skip(report):
        report.outcome = "failed"
        report.longrepr = f"SEQGAN_MIRROR={MIRROR} is given, so no data test may skip; this one did: {report.longrepr}"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Turn a test skipped for want of the data mirror into a failure where the mirror is given."""
    outcome = yield
    _refuse_mirror_skip(outcome.get_result())  # type: ignore[attr-defined]


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    """Do the same where a whole file skipped itself."""
    outcome = yield
    _refuse_mirror_skip(outcome.get_result())  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The folder that SEQGAN_MIRROR names; skips where there is none."""
    if not MIRROR:
        pytest.skip("needs the data mirror: set SEQGAN_MIRROR to its folder")
    return Path(MIRROR)


@pytest.fixture
def seed() -> int:
    """The one seed of tests that need any."""
    return 20


@pytest.fixture
def rng(seed: int) -> Any:
    """A seeded ``torch.Generator`` on the CPU."""
    import torch

    return torch.Generator().manual_seed(seed)
