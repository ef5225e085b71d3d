"""The web application around the pages: rendering, twins, security."""
