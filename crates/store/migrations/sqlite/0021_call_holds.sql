-- Money set aside for calls that belong to no turn. One whose server was lost is given back when its time is over.
CREATE TABLE call_holds (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    period INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT;
CREATE INDEX call_holds_of_user ON call_holds (user_id, until);
