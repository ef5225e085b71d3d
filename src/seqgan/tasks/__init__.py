"""Tasks: data sets and oracles. One file is one plugin.

A plugin file has ``Settings`` and ``load(settings, seed, source) -> seqgan.data.task.Task``.
"""
