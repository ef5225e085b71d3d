"""Charts as SVG made on the server: they work without scripts and follow the page in light and dark."""
