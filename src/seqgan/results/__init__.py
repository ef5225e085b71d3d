"""Results: the small committed record of every seed, and what several of them say together. No torch."""
