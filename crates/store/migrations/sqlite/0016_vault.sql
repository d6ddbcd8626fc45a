-- Under which keys secrets are sealed, and which of these seal no more: a server that has not heard of a rotation yet
-- must not keep a secret under a key that goes.
CREATE TABLE vault_keks (
    kek BLOB NOT NULL PRIMARY KEY,
    created_at INTEGER NOT NULL,
    retired_at INTEGER
) STRICT;

-- Sealed secrets other than keys of providers.
CREATE TABLE vault_secrets (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    sealed BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX vault_secrets_of_user ON vault_secrets (user_id, kind);
