"""Checks: is a decoded sequence valid? One file is one plugin, with ``check(rows) -> list[bool]`` over token lists."""
