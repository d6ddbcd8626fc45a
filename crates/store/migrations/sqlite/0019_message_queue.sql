-- Messages that wait until the agent is free, in order.
CREATE TABLE queued_messages (
    id BLOB NOT NULL PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    -- They are sent from the lowest on.
    position INTEGER NOT NULL,
    author_user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    text TEXT NOT NULL,
    mode TEXT NOT NULL,
    model TEXT,
    images TEXT NOT NULL,
    context TEXT,
    -- Why it was not sent when its time came.
    held TEXT,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX queued_messages_in_order ON queued_messages (project_id, position);
CREATE INDEX queued_messages_of_user ON queued_messages (author_user_id);

-- Whether the chat went on from before it.
ALTER TABLE messages ADD COLUMN set_aside INTEGER NOT NULL DEFAULT FALSE;
CREATE INDEX messages_set_aside ON messages (project_id, seq) WHERE set_aside;
-- What the chat was when the version was made: how many messages, and which of them were set aside.
ALTER TABLE versions ADD COLUMN message_count INTEGER;
ALTER TABLE versions ADD COLUMN set_aside TEXT;
