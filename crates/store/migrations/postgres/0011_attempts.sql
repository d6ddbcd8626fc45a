-- Attempts to show a password that were wrong, or are not decided yet; forgotten after half an hour.
CREATE TABLE attempts (
    id UUID NOT NULL PRIMARY KEY,
    account BYTEA NOT NULL,
    client TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX attempts_of_client ON attempts (account, client, at);
CREATE INDEX attempts_by_age ON attempts (at);
