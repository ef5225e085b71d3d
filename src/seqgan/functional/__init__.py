"""Formulas on tensors: they take values and no settings object, and randomness comes in as an argument.

Three files are otherwise, each as its docstring says. ``dropout`` draws from torch's global generator, as torch's own
dropout does, and switches the mode of a network for a while. ``precision`` remembers for a while in which precision
matrices are multiplied, sets torch's own switches accordingly and asks the device what it can do. ``copies`` is for
networks and not for tensors.
"""
