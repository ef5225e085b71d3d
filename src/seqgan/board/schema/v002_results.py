"""Version 2: leaderboards, their rows and every value with its evidence tier; the board's own notes."""

from __future__ import annotations

COMMON = """
CREATE TABLE board (
    id IDENTITY,
    slug TEXT NOT NULL UNIQUE,
    task_id BIGINT NOT NULL REFERENCES task (id),
    dataset_id BIGINT NOT NULL REFERENCES dataset (id),
    description TEXT NOT NULL DEFAULT '',
    entry_count INTEGER NOT NULL DEFAULT 0,
    latest TEXT,
    source TEXT NOT NULL REFERENCES source (name),
    UNIQUE (task_id, dataset_id)
)

CREATE INDEX board_dataset ON board (dataset_id)

CREATE TABLE board_metric (
    id IDENTITY,
    board_id BIGINT NOT NULL REFERENCES board (id),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    direction TEXT NOT NULL DEFAULT 'unknown' CHECK (direction IN ('higher', 'lower', 'unknown')),
    direction_from TEXT NOT NULL DEFAULT 'none'
        CHECK (direction_from IN ('none', 'order', 'name', 'contract', 'curated')),
    order_direction TEXT CHECK (order_direction IN ('higher', 'lower')),
    conflict TEXT,
    definition TEXT NOT NULL DEFAULT '',
    unit TEXT NOT NULL DEFAULT '',
    low DOUBLE PRECISION,
    high DOUBLE PRECISION,
    UNIQUE (board_id, name)
)

CREATE TABLE model (
    id IDENTITY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE
)

CREATE TABLE entry (
    id IDENTITY,
    permalink TEXT NOT NULL UNIQUE,
    board_id BIGINT NOT NULL REFERENCES board (id),
    model_id BIGINT NOT NULL REFERENCES model (id),
    variant TEXT NOT NULL DEFAULT '',
    position INTEGER NOT NULL DEFAULT 0,
    paper_id BIGINT REFERENCES paper (id),
    evaluated_on TEXT,
    extra_data INTEGER,
    tags TEXT NOT NULL DEFAULT '[]',
    parameters_millions DOUBLE PRECISION,
    citation TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'published'
        CHECK (state IN ('pending', 'published', 'rejected', 'superseded', 'retracted')),
    submission_id BIGINT,
    source TEXT NOT NULL REFERENCES source (name),
    details TEXT NOT NULL DEFAULT '{}'
)

CREATE INDEX entry_board ON entry (board_id, state)

CREATE INDEX entry_paper ON entry (paper_id)

CREATE INDEX entry_model ON entry (model_id)

CREATE INDEX entry_submission ON entry (submission_id)

CREATE TABLE value (
    id IDENTITY,
    entry_id BIGINT NOT NULL REFERENCES entry (id),
    metric_id BIGINT NOT NULL REFERENCES board_metric (id),
    tier TEXT NOT NULL CHECK (tier IN ('archive', 'claimed', 'computed', 'regenerated')),
    seed BIGINT,
    raw TEXT NOT NULL,
    number DOUBLE PRECISION,
    low DOUBLE PRECISION,
    high DOUBLE PRECISION,
    n INTEGER,
    signature TEXT NOT NULL DEFAULT ''
)

CREATE UNIQUE INDEX value_once ON value (entry_id, metric_id, tier, COALESCE(seed, -1))

CREATE INDEX value_metric ON value (metric_id, tier)

CREATE TABLE note (
    id IDENTITY,
    subject TEXT NOT NULL CHECK (subject IN ('board', 'entry', 'paper', 'dataset', 'task')),
    subject_id BIGINT NOT NULL,
    kind TEXT NOT NULL DEFAULT 'remark' CHECK (kind IN ('remark', 'origin', 'contradiction')),
    text TEXT NOT NULL,
    citation TEXT NOT NULL DEFAULT '',
    UNIQUE (subject, subject_id, text)
)

CREATE TABLE entry_sample (
    entry_id BIGINT NOT NULL REFERENCES entry (id),
    place INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (entry_id, place)
) CLUSTERED
"""

SQLITE = ""
POSTGRESQL = ""
