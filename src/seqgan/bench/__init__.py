"""Bench: a grid of experiments over seeds as a queue that survives anything, and the page of its results."""
