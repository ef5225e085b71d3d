"""Ranking: shared ranks, directions, records over time, the Pareto front. Pure functions."""
