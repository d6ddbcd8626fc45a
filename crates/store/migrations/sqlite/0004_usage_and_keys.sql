-- What was spent, and the vault.
CREATE TABLE token_usage (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- No foreign keys: what was spent stays when its project goes.
    project_id BLOB NOT NULL,
    generation_id BLOB NOT NULL,
    step INTEGER NOT NULL,
    kind TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    key_id BLOB,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cache_read_tokens INTEGER NOT NULL,
    cache_write_tokens INTEGER NOT NULL,
    reported INTEGER NOT NULL,
    cost_nanousd INTEGER,
    naive_tokens INTEGER,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX token_usage_of_user ON token_usage (user_id, at);
CREATE INDEX token_usage_of_project ON token_usage (project_id);
CREATE INDEX token_usage_of_generation ON token_usage (generation_id);

CREATE TABLE vault_keys (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB REFERENCES users (id) ON DELETE CASCADE,
    provider TEXT NOT NULL,
    label TEXT NOT NULL,
    base_url TEXT,
    sealed BLOB NOT NULL,
    last4 TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    last_used_at INTEGER
) STRICT;
CREATE INDEX vault_keys_of_user ON vault_keys (user_id);
