"""Algorithms: one file a paper, read top to bottom beside it. One file is one plugin.

A plugin file has ``Settings``, ``PARTS`` (part -> default plugin, the parts it uses) and ``run(session, settings)``.
"""
