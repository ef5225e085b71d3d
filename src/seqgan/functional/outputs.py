"""Next-token distributions, computed no further than a caller needs."""
