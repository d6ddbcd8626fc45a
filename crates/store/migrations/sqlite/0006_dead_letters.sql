-- Turns that failed for good, until somebody decides about them.
CREATE TABLE dead_letters (
    id BLOB NOT NULL PRIMARY KEY,
    generation_id BLOB NOT NULL UNIQUE REFERENCES generations (id) ON DELETE CASCADE,
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    message_id BLOB NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    -- Masked before it is written: nothing here needs to be secret.
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    at INTEGER NOT NULL,
    resolved_at INTEGER
) STRICT;
CREATE INDEX dead_letters_in_order ON dead_letters (at, id);
CREATE INDEX dead_letters_of_project ON dead_letters (project_id, at, id);
-- The newest failure of a message stands for all before it.
CREATE UNIQUE INDEX dead_letters_one_open ON dead_letters (message_id) WHERE state = 'open';
CREATE INDEX dead_letters_of_message ON dead_letters (message_id);
CREATE INDEX dead_letters_of_user ON dead_letters (user_id);
