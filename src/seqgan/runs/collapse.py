"""What is done about the watch's alarms: warn, stop, or go back to the last good state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seqgan.errors import CollapseError
from seqgan.runs.kept import snapshot
from seqgan.runs.watch import Alarm

if TYPE_CHECKING:
    from seqgan.runs.session import Session

ROLLBACKS = 3


class Guard:
    """Acts at the end of every top-level iteration, so that a resumed run acts at the same places.

    A rollback sets back networks, optimisers and kept weights to the last good state of the same top-level phase;
    random streams and phases go on, so the next attempt differs.
    """

    def __init__(self, session: Session) -> None:
        """Act for ``session`` as its setting ``run.on_collapse`` says."""
        self._session = session
        self._phase = ""
        self._healthy: dict[str, Any] | None = None
        self._rollbacks = 0

    def enter(self, phase: str) -> None:
        """Remember the state that the top-level ``phase`` begins with; nothing where it has begun already."""
        if phase != self._phase:
            self._phase, self._healthy = phase, None
            self._remember()

    def act(self) -> None:
        """Say every new alarm; deal with a fatal one, or remember the state if it is a good one."""
        session, choice = self._session, self._session.experiment.run.on_collapse
        alarms = session.watch.take_alarms()
        for alarm in alarms:
            session.warn(alarm.text, cause=alarm.cause, value=alarm.value)
        fatal = next((alarm for alarm in alarms if alarm.fatal), None)
        if fatal is None:
            self._remember()
        elif choice == "stop":
            self._stop(fatal, "The setting run.on_collapse=stop ends the run here.")
        elif choice == "rollback":
            self._roll_back(fatal)

    def _remember(self) -> None:
        session = self._session
        if session.experiment.run.on_collapse == "rollback" and session.watch.healthy:
            learned = {"networks": session.networks.state(), "optimisers": session.optimisers.state()}
            self._healthy = {**snapshot(learned), "kept": session.kept.state()}  # kept weights never change

    def _roll_back(self, alarm: Alarm) -> None:
        session = self._session
        if self._healthy is None:
            self._stop(alarm, "This phase had no good state yet to go back to.")
        elif self._rollbacks >= ROLLBACKS:
            self._stop(alarm, f"The run was rolled back {self._rollbacks} times already.")
        else:
            self._rollbacks += 1
            session.networks.restore(self._healthy["networks"])
            session.optimisers.restore(self._healthy["optimisers"])
            session.kept.restore(self._healthy["kept"])
            session.watch.rearm()
            session.warn("Networks and optimisers go back to the last good state.", rollback=self._rollbacks)

    def _stop(self, alarm: Alarm, why: str) -> None:
        session = self._session
        session.log("collapse", cause=alarm.cause, text=alarm.text)
        saved = "The run is saved. " if session.saver.save() else ""
        raise CollapseError(f"{alarm.text} {why}", f"{saved}To go on all the same: seqgan resume {session.path}")

    def state(self) -> dict[str, Any]:
        """Return what the checkpoint keeps."""
        return {"phase": self._phase, "healthy": self._healthy, "rollbacks": self._rollbacks}

    def restore(self, state: dict[str, Any]) -> None:
        """Take over what :meth:`state` returned; a state without a phase, as older versions saved it, is dropped."""
        self._rollbacks, self._phase = state["rollbacks"], state.get("phase", "")
        self._healthy = state["healthy"] if self._phase else None
