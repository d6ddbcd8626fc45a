-- A session's token changes from day to day; the one before works a moment longer.
ALTER TABLE sessions ADD COLUMN previous_hash BLOB;
ALTER TABLE sessions ADD COLUMN previous_until INTEGER;
-- 0 of sessions that are older than this: they are renewed when they are next used, and asked for the password.
ALTER TABLE sessions ADD COLUMN rotated_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN authenticated_at INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX sessions_by_previous ON sessions (previous_hash);
