"""Version 1: what there is to measure and to read: tasks, datasets, papers, code, methods."""

from __future__ import annotations

COMMON = """
CREATE TABLE source (
    name TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    url TEXT,
    licence TEXT NOT NULL,
    notice TEXT NOT NULL DEFAULT ''
)

INSERT INTO source (name, title, url, licence, notice) VALUES
    ('archive', 'Archive of Papers with Code', 'https://github.com/paperswithcode/paperswithcode-data',
     'CC BY-SA 4.0', 'Imported as it was on the day of the dump; read-only. '
     || 'Summaries of its papers on this board were written for it.'),
    ('published', 'Figures read in the papers', NULL, 'facts, quoted with paper and table', ''),
    ('own', 'This project: written for this board, or measured with this software', NULL, 'Apache-2.0',
     'Each value has its signature and its seeds.'),
    ('group', 'Submitted to this board', NULL, 'as stated by each submission', '')

CREATE TABLE imported_file (
    kind TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    records INTEGER NOT NULL,
    imported_at TEXT NOT NULL,
    PRIMARY KEY (kind, sha256)
)

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
)

CREATE TABLE paper (
    id IDENTITY,
    slug TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    authors TEXT NOT NULL DEFAULT '[]',
    abstract TEXT,
    summary TEXT,
    published TEXT,
    arxiv_id TEXT,
    url_abs TEXT,
    url_pdf TEXT,
    venue TEXT,
    stub INTEGER NOT NULL DEFAULT 0,
    source TEXT NOT NULL REFERENCES source (name)
)

CREATE INDEX paper_published ON paper (published)

CREATE TABLE paper_alias (
    hash BIGINT NOT NULL,
    paper_id BIGINT NOT NULL REFERENCES paper (id),
    PRIMARY KEY (hash, paper_id)
) CLUSTERED

CREATE TABLE area (
    id IDENTITY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE
)

CREATE TABLE task (
    id IDENTITY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL DEFAULT '',
    synonyms TEXT NOT NULL DEFAULT '[]',
    board_count INTEGER NOT NULL DEFAULT 0,
    paper_count INTEGER NOT NULL DEFAULT 0,
    source TEXT NOT NULL REFERENCES source (name)
)

CREATE TABLE task_area (
    task_id BIGINT NOT NULL REFERENCES task (id),
    area_id BIGINT NOT NULL REFERENCES area (id),
    PRIMARY KEY (task_id, area_id)
) CLUSTERED

CREATE TABLE task_parent (
    task_id BIGINT NOT NULL REFERENCES task (id),
    parent_id BIGINT NOT NULL REFERENCES task (id),
    PRIMARY KEY (task_id, parent_id)
) CLUSTERED

CREATE INDEX task_parent_children ON task_parent (parent_id)

CREATE TABLE dataset (
    id IDENTITY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    full_name TEXT NOT NULL DEFAULT '',
    description TEXT NOT NULL DEFAULT '',
    homepage TEXT,
    introduced TEXT,
    licence_name TEXT,
    licence_url TEXT,
    warning TEXT,
    paper_id BIGINT REFERENCES paper (id),
    paper_count INTEGER NOT NULL DEFAULT 0,
    board_count INTEGER NOT NULL DEFAULT 0,
    loaders TEXT NOT NULL DEFAULT '[]',
    source TEXT NOT NULL REFERENCES source (name)
)

CREATE TABLE dataset_facet (
    dataset_id BIGINT NOT NULL REFERENCES dataset (id),
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (dataset_id, kind, value)
) CLUSTERED

CREATE INDEX dataset_facet_value ON dataset_facet (kind, value)

CREATE TABLE paper_task (
    paper_id BIGINT NOT NULL REFERENCES paper (id),
    task_id BIGINT NOT NULL REFERENCES task (id),
    day INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (paper_id, task_id)
) CLUSTERED

CREATE INDEX paper_task_papers ON paper_task (task_id, day, paper_id)

CREATE TABLE repository (
    paper_id BIGINT NOT NULL REFERENCES paper (id),
    url TEXT NOT NULL,
    official INTEGER NOT NULL DEFAULT 0,
    in_paper INTEGER NOT NULL DEFAULT 0,
    in_readme INTEGER NOT NULL DEFAULT 0,
    framework TEXT,
    PRIMARY KEY (paper_id, url)
) CLUSTERED

CREATE TABLE method (
    id IDENTITY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    full_name TEXT NOT NULL DEFAULT '',
    description TEXT NOT NULL DEFAULT '',
    introduced_year INTEGER,
    paper_id BIGINT REFERENCES paper (id),
    source_url TEXT,
    source_title TEXT,
    code_url TEXT,
    paper_count INTEGER NOT NULL DEFAULT 0,
    hidden INTEGER NOT NULL DEFAULT 0,
    hidden_reason TEXT,
    source TEXT NOT NULL REFERENCES source (name)
)

CREATE TABLE collection (
    id IDENTITY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    area TEXT NOT NULL,
    UNIQUE (area, name)
)

CREATE TABLE method_collection (
    method_id BIGINT NOT NULL REFERENCES method (id),
    collection_id BIGINT NOT NULL REFERENCES collection (id),
    PRIMARY KEY (method_id, collection_id)
) CLUSTERED

CREATE INDEX method_collection_methods ON method_collection (collection_id)

CREATE TABLE paper_method (
    paper_id BIGINT NOT NULL REFERENCES paper (id),
    method_id BIGINT NOT NULL REFERENCES method (id),
    day INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (paper_id, method_id)
) CLUSTERED

CREATE INDEX paper_method_papers ON paper_method (method_id, day, paper_id)
"""

SQLITE = ""
POSTGRESQL = ""
