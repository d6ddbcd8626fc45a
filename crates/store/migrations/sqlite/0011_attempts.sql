-- Attempts to show a password that were wrong, or are not decided yet; forgotten after half an hour.
CREATE TABLE attempts (
    id BLOB NOT NULL PRIMARY KEY,
    account BLOB NOT NULL,
    client TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX attempts_of_client ON attempts (account, client, at);
CREATE INDEX attempts_by_age ON attempts (at);
