"""When a run is saved, and what is said when the disk refuses or a signal ends it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from seqgan.errors import CheckpointError
from seqgan.runs.checkpoint import Checkpoints
from seqgan.runs.folder import RunFolder
from seqgan.runs.journal import Journal
from seqgan.runs.model import SO_FAR
from seqgan.runs.model_files import write_so_far
from seqgan.runs.signals import Interrupted

if TYPE_CHECKING:
    from seqgan.runs.session import Session


STAGE = 20.0  # seconds of work since the last checkpoint that the end of a stage is worth one


class Saver:
    """Writes the session's state as checkpoints; a failed attempt leaves the last good one."""

    def __init__(self, session: Session, folder: RunFolder, journal: Journal) -> None:
        """Count the time between checkpoints from now on."""
        self._session, self._folder, self._journal = session, folder, journal
        self._run = session.experiment.run
        self._checkpoints = Checkpoints(folder.checkpoints, self._run.keep_checkpoints)
        self._saved_at = time.monotonic()
        self._refused = self._refused_model = ""

    def due(self, top_level: bool, stage_over: bool = False) -> bool:
        """Return whether a checkpoint is due at a boundary: at each top-level one where ``checkpoint_minutes`` is 0.

        The end of a stage is saved sooner, so that what likelihood has learned can be sampled, and is not lost.
        """
        interval = self._run.checkpoint_minutes * 60
        if interval == 0:
            return top_level
        return time.monotonic() - self._saved_at >= (min(interval, STAGE) if stage_over else interval)

    def save(self) -> bool:
        """Write a checkpoint and its model; where the disk refuses, say so, keep the last good one and return False."""
        try:
            self._journal.sync()
            self._checkpoints.save(self._session.state())
        except OSError as error:
            self._say_refused(str(error.strerror or error))
            return False
        finally:
            self._saved_at = time.monotonic()
        if self._refused:
            self._session.say("Checkpoints can be written again.")
        self._refused = ""
        self._save_model()
        return True

    def _save_model(self) -> None:
        """Write the model of the checkpoint; a run does without it where the disk refuses, and says why once."""
        reason = ""
        try:
            write_so_far(self._session, self._folder)
        except OSError as error:
            reason = str(error.strerror or error)
            if reason != self._refused_model:
                self._session.say(
                    f"warning: {SO_FAR} could not be written ({reason}). The checkpoint was, and the run goes on; "
                    "only samples of it have to wait. It will be tried again with the next checkpoint."
                )
        self._refused_model = reason

    def _say_refused(self, reason: str) -> None:
        """Say why a checkpoint could not be written; the same reason again and again is said once."""
        if reason != self._refused:
            files = self._checkpoints.files()
            last = f"the last good one, {files[0].name}, stays" if files else "there is none yet"
            self._session.say(f"warning: A checkpoint could not be written ({reason}); {last}. It will be tried again.")
        self._refused = reason

    def save_or_fail(self) -> None:
        """Write a checkpoint; raises CheckpointError where the disk refuses."""
        if not self.save():
            raise CheckpointError(
                f"The run {self._folder.path} could not be saved.",
                f"Make room on the disk, then: seqgan resume {self._folder.path}",
            )

    def stop(self, number: int) -> None:
        """Save because the signal ``number`` asked for an end, and raise Interrupted."""
        saved = "The run is saved." if self.save() else "It could not be saved and goes back to its last checkpoint."
        raise Interrupted(f"Stopped by a signal. {saved}", f"To continue: seqgan resume {self._folder.path}", number)
