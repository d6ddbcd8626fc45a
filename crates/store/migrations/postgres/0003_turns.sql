-- Messages, generations and their logs.
CREATE TABLE messages (
    id UUID NOT NULL PRIMARY KEY,
    project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL,
    role TEXT NOT NULL,
    mode TEXT,
    text TEXT NOT NULL,
    images TEXT NOT NULL,
    -- No foreign key: a generation refers to its message, which is there first.
    generation_id UUID,
    summary TEXT,
    author_user_id UUID,
    created_at BIGINT NOT NULL,
    UNIQUE (project_id, seq)
);

CREATE TABLE generations (
    id UUID NOT NULL PRIMARY KEY,
    project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    message_id UUID NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    status TEXT NOT NULL,
    mode TEXT NOT NULL,
    model TEXT,
    attempt BIGINT NOT NULL,
    lease_owner TEXT,
    lease_until BIGINT,
    fence BIGINT NOT NULL,
    cancel_requested BOOLEAN NOT NULL,
    draft_steps BIGINT NOT NULL,
    continuation_steps BIGINT NOT NULL,
    repair_steps BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    error_code TEXT,
    error_message TEXT,
    summary TEXT,
    queued_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT
);
CREATE INDEX generations_open ON generations (queued_at, id) WHERE status IN ('queued', 'running');
CREATE UNIQUE INDEX generations_one_running ON generations (project_id) WHERE status = 'running';
CREATE INDEX generations_of_project ON generations (project_id, queued_at);
CREATE INDEX generations_of_user ON generations (user_id);
CREATE INDEX generations_of_message ON generations (message_id);

CREATE TABLE events (
    stream_id UUID NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    data TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (stream_id, seq)
);

CREATE TABLE edits_applied (
    generation_id UUID NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
    step BIGINT NOT NULL,
    idx BIGINT NOT NULL,
    PRIMARY KEY (generation_id, step, idx)
);
