"""Metrics: one file a metric, without state between calls. One file is one plugin.

A plugin file has ``NEEDS`` (the fields of :class:`seqgan.records.References` it cannot do without),
``score(samples, references) -> list[Score]`` and the plain function of the same name as the file.
"""
