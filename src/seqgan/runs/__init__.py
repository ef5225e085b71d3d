"""Runs: the folder, the journal, exact checkpoints, and the session through which an algorithm sees all of it."""
