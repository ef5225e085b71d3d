"""Data: vocabularies, tokenisers, readers, verified files and the task record every other room works with."""
