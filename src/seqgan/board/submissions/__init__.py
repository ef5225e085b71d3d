"""Submissions: what comes in, how it is read and checked, and the states that it passes until it is published."""
