"""Scores submissions: a queue in the database, a worker, and for every submission a limited process of its own."""
