"""Data that comes with the board: notes, an excerpt of leaderboard facts."""
