"""Version 4: full-text search over papers and, in one small table, over tasks, datasets and methods."""

from __future__ import annotations

COMMON = """
CREATE TABLE thing (
    id IDENTITY,
    kind TEXT NOT NULL,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    other_names TEXT NOT NULL DEFAULT '',
    description TEXT NOT NULL DEFAULT '',
    weight INTEGER NOT NULL DEFAULT 0,
    UNIQUE (kind, slug)
)
"""

SQLITE = """
CREATE VIRTUAL TABLE paper_text USING fts5 (
    title, authors, abstract, content = 'paper', content_rowid = 'id', tokenize = 'porter unicode61', detail = 'full'
)

CREATE VIRTUAL TABLE thing_text USING fts5 (
    name, other_names, description, content = 'thing', content_rowid = 'id',
    tokenize = 'porter unicode61', prefix = '2 3'
)
"""

POSTGRESQL = """
CREATE INDEX paper_text ON paper USING gin
    (to_tsvector('english', title || ' ' || authors || ' ' || coalesce(abstract, '')))

CREATE INDEX thing_text ON thing USING gin
    (to_tsvector('english', name || ' ' || other_names || ' ' || description))
"""
