"""Pure tensor formulas: no module state, no settings object, no device calls; randomness comes in as an argument."""
