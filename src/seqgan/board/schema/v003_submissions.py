"""Version 3: benchmarks as frozen contracts, submissions with their samples, jobs, tokens and the hash-chained log."""

from __future__ import annotations

COMMON = """
CREATE TABLE benchmark (
    id IDENTITY,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    board_id BIGINT NOT NULL REFERENCES board (id),
    contract TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    created_at TEXT NOT NULL,
    UNIQUE (name, version)
)

CREATE TABLE account (
    id IDENTITY,
    name TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL
)

CREATE TABLE token (
    id IDENTITY,
    account_id BIGINT NOT NULL REFERENCES account (id),
    label TEXT NOT NULL DEFAULT '',
    sha256 TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT,
    revoked_at TEXT,
    last_used_at TEXT
)

CREATE TABLE browser_session (
    sha256 TEXT PRIMARY KEY,
    token_id BIGINT NOT NULL REFERENCES token (id),
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
)

CREATE TABLE submission (
    id IDENTITY,
    permalink TEXT NOT NULL UNIQUE,
    benchmark_id BIGINT NOT NULL REFERENCES benchmark (id),
    model_id BIGINT REFERENCES model (id),
    submitter_id BIGINT NOT NULL REFERENCES account (id),
    reviewer_id BIGINT REFERENCES account (id),
    state TEXT NOT NULL CHECK (state IN ('received', 'parsed', 'scored', 'checked', 'reviewed', 'published',
        'rejected', 'superseded', 'retracted')),
    reason TEXT NOT NULL DEFAULT '',
    manifest TEXT NOT NULL,
    manifest_sha256 TEXT NOT NULL,
    checks TEXT NOT NULL DEFAULT '[]',
    entry_id BIGINT REFERENCES entry (id),
    supersedes BIGINT REFERENCES submission (id),
    superseded_by BIGINT REFERENCES submission (id),
    rescored_from BIGINT REFERENCES submission (id),
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL
)

CREATE INDEX submission_state ON submission (state)

CREATE INDEX submission_submitter ON submission (submitter_id, created_at)

CREATE TABLE sample_file (
    id IDENTITY,
    submission_id BIGINT NOT NULL REFERENCES submission (id),
    seed BIGINT NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    lines INTEGER NOT NULL,
    bytes BIGINT NOT NULL,
    sketch TEXT NOT NULL DEFAULT '[]',
    marks TEXT NOT NULL DEFAULT '{}',
    content BYTES NOT NULL,
    UNIQUE (submission_id, seed)
)

CREATE INDEX sample_file_sha256 ON sample_file (sha256)

CREATE TABLE job (
    id IDENTITY,
    kind TEXT NOT NULL,
    submission_id BIGINT REFERENCES submission (id),
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    worker TEXT,
    lease_until TEXT,
    error TEXT,
    created_at TEXT NOT NULL,
    finished_at TEXT
)

CREATE INDEX job_state ON job (state, id)

CREATE TABLE event (
    id IDENTITY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_id BIGINT,
    before TEXT,
    after TEXT,
    reason TEXT NOT NULL DEFAULT '',
    details TEXT NOT NULL DEFAULT '{}',
    previous_hash TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL UNIQUE
)

CREATE INDEX event_subject ON event (subject, subject_id)
"""

SQLITE = """
CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END

CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END

CREATE TRIGGER benchmark_is_frozen BEFORE UPDATE ON benchmark
BEGIN SELECT RAISE(ABORT, 'a benchmark is frozen: add a version'); END

CREATE TRIGGER benchmark_is_never_deleted BEFORE DELETE ON benchmark
BEGIN SELECT RAISE(ABORT, 'a benchmark is frozen: add a version'); END

CREATE TRIGGER submission_is_never_deleted BEFORE DELETE ON submission
BEGIN SELECT RAISE(ABORT, 'a submission is never deleted: retract it'); END

CREATE TRIGGER sample_file_is_never_deleted BEFORE DELETE ON sample_file
BEGIN SELECT RAISE(ABORT, 'samples are never deleted'); END

CREATE TRIGGER sample_file_is_never_changed BEFORE UPDATE ON sample_file
BEGIN SELECT RAISE(ABORT, 'samples are never changed'); END
"""

POSTGRESQL = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$

CREATE TRIGGER event_is_never_changed BEFORE UPDATE OR DELETE ON event
FOR EACH ROW EXECUTE FUNCTION refuse_change()

CREATE TRIGGER benchmark_is_frozen BEFORE UPDATE OR DELETE ON benchmark
FOR EACH ROW EXECUTE FUNCTION refuse_change()

CREATE TRIGGER submission_is_never_deleted BEFORE DELETE ON submission
FOR EACH ROW EXECUTE FUNCTION refuse_change()

CREATE TRIGGER sample_file_is_never_changed BEFORE UPDATE OR DELETE ON sample_file
FOR EACH ROW EXECUTE FUNCTION refuse_change()
"""
