"""Credit rules: from the reward of finished sequences to a weight for every token. One file is one plugin.

A plugin file has ``Settings`` and ``credit(samples, generator, reward, settings, rng, *, end) -> weights (B, T)``;
``samples.mask`` is false at padding, where the weight is 0; ``end`` is the end symbol or None.
"""
