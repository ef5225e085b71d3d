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

    A rollback sets back networks and optimisers; random streams and phases go on, so the next attempt differs.
    """

    def __init__(self, session: Session) -> None:
        """Act for ``session`` as its setting ``run.on_collapse`` says."""
        self._session = session
        self._healthy: dict[str, Any] | None = None
        self._rollbacks = 0

    def act(self) -> None:
        """Say every new alarm; deal with a fatal one; remember a good state from time to time."""
        session, choice = self._session, self._session.experiment.run.on_collapse
        alarms = session.watch.take_alarms()
        for alarm in alarms:
            session.warn(alarm.text, cause=alarm.cause, value=alarm.value)
        fatal = next((alarm for alarm in alarms if alarm.fatal), None)
        if fatal is None:
            if choice == "rollback" and session.watch.healthy and self._is_time():
                self._healthy = snapshot(self._state_of_learning())
        elif choice == "stop":
            self._stop(fatal, "The setting run.on_collapse=stop ends the run here.")
        elif choice == "rollback":
            self._roll_back(fatal)

    def _is_time(self) -> bool:
        session = self._session
        return self._healthy is None or session.positions.place()[1] % session.experiment.run.evaluate_every == 0

    def _state_of_learning(self) -> dict[str, Any]:
        return {"networks": self._session.networks.state(), "optimisers": self._session.optimisers.state()}

    def _roll_back(self, alarm: Alarm) -> None:
        session = self._session
        if self._healthy is None:
            self._stop(alarm, "There was no good state yet to go back to.")
        elif self._rollbacks >= ROLLBACKS:
            self._stop(alarm, f"The run was rolled back {self._rollbacks} times already.")
        else:
            self._rollbacks += 1
            session.networks.restore(self._healthy["networks"])
            session.optimisers.restore(self._healthy["optimisers"])
            session.watch.rearm()
            session.warn("Networks and optimisers go back to the last good state.", rollback=self._rollbacks)

    def _stop(self, alarm: Alarm, why: str) -> None:
        session = self._session
        session.log("collapse", cause=alarm.cause, text=alarm.text)
        saved = "The run is saved. " if session.saver.save() else ""
        raise CollapseError(f"{alarm.text} {why}", f"{saved}To go on all the same: seqgan resume {session.path}")

    def state(self) -> dict[str, Any]:
        """Return what the checkpoint keeps."""
        return {"healthy": self._healthy, "rollbacks": self._rollbacks}

    def restore(self, state: dict[str, Any]) -> None:
        """Take over what :meth:`state` returned."""
        self._healthy, self._rollbacks = state["healthy"], state["rollbacks"]
