-- Under which keys secrets are sealed, and which of these seal no more: a server that has not heard of a rotation yet
-- must not keep a secret under a key that goes.
CREATE TABLE vault_keks (
    kek BYTEA NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL,
    retired_at BIGINT
);

-- Sealed secrets other than keys of providers.
CREATE TABLE vault_secrets (
    id UUID NOT NULL PRIMARY KEY,
    user_id UUID REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX vault_secrets_of_user ON vault_secrets (user_id, kind);
