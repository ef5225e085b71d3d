"""The board: tasks, datasets, papers, methods and leaderboards whose numbers recompute themselves. No torch."""
