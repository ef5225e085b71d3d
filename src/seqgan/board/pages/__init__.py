"""One file a family of pages; the app serves every file here by its ROUTES."""
