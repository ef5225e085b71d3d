"""Reports: scores of plain samples, curves, tables and the one-file HTML report of a run."""
