-- What running turns heard, so that another worker can go on with one; and their places in the queue.
CREATE TABLE turn_journal (
    generation_id BLOB NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
    idx INTEGER NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (generation_id, idx)
) STRICT, WITHOUT ROWID;

-- The place that its followers were last told.
ALTER TABLE generations ADD COLUMN queue_position INTEGER;
-- The last event when it was last claimed, and how often in a row a claim added next to none.
ALTER TABLE generations ADD COLUMN claimed_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE generations ADD COLUMN stalls INTEGER NOT NULL DEFAULT 0;
CREATE INDEX generations_running_of_user ON generations (user_id) WHERE status = 'running';
