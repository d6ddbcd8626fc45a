-- Who did what: rows are added, and forgotten when they are old; none is ever changed. No other table is named by a
-- foreign key: an entry outlives what it tells of. `once` is set where a thing is told once in a time, however often it
-- happens.
CREATE TABLE audit_log (
    id UUID NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id UUID,
    action TEXT NOT NULL,
    target_kind TEXT,
    target_id TEXT,
    project_id UUID,
    address TEXT,
    detail TEXT NOT NULL,
    once TEXT UNIQUE
);
CREATE INDEX audit_log_by_time ON audit_log (at, id);
CREATE INDEX audit_log_by_actor ON audit_log (actor_id, at, id);
CREATE INDEX audit_log_by_action ON audit_log (action, at, id);
CREATE INDEX audit_log_by_target ON audit_log (target_id, at, id);
