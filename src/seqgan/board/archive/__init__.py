"""Import of a leaderboard archive: streamed, idempotent, values kept as they were written."""
