"""Credit rules: from the reward of finished sequences to a weight for every token. One file is one plugin.

A plugin file has ``Settings`` and ``credit(samples, generator, reward, settings, rng, *, end) -> weights (B, T)``;
``samples.mask`` is false at padding, where the weight is 0; a weight that no reward tells is NaN, and the algorithm
decides what becomes of it; ``end`` is the end symbol or None.
"""
