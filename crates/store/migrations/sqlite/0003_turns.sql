-- Messages, generations and their logs.
CREATE TABLE messages (
    id BLOB NOT NULL PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    role TEXT NOT NULL,
    mode TEXT,
    text TEXT NOT NULL,
    images TEXT NOT NULL,
    -- No foreign key: a generation refers to its message, which is there first.
    generation_id BLOB,
    summary TEXT,
    author_user_id BLOB,
    created_at INTEGER NOT NULL,
    UNIQUE (project_id, seq)
) STRICT;

CREATE TABLE generations (
    id BLOB NOT NULL PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    message_id BLOB NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    status TEXT NOT NULL,
    mode TEXT NOT NULL,
    model TEXT,
    attempt INTEGER NOT NULL,
    lease_owner TEXT,
    lease_until INTEGER,
    fence INTEGER NOT NULL,
    cancel_requested INTEGER NOT NULL,
    draft_steps INTEGER NOT NULL,
    continuation_steps INTEGER NOT NULL,
    repair_steps INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    error_code TEXT,
    error_message TEXT,
    summary TEXT,
    queued_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER
) STRICT;
CREATE INDEX generations_open ON generations (queued_at, id) WHERE status IN ('queued', 'running');
CREATE UNIQUE INDEX generations_one_running ON generations (project_id) WHERE status = 'running';
CREATE INDEX generations_of_project ON generations (project_id, queued_at);
CREATE INDEX generations_of_user ON generations (user_id);
CREATE INDEX generations_of_message ON generations (message_id);

CREATE TABLE events (
    stream_id BLOB NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    data TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (stream_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE edits_applied (
    generation_id BLOB NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    PRIMARY KEY (generation_id, step, idx)
) STRICT, WITHOUT ROWID;
