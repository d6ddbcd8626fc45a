-- What was spent, and the vault.
CREATE TABLE token_usage (
    id UUID NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- No foreign keys: what was spent stays when its project goes.
    project_id UUID NOT NULL,
    generation_id UUID NOT NULL,
    step BIGINT NOT NULL,
    kind TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    key_id UUID,
    input_tokens BIGINT NOT NULL,
    output_tokens BIGINT NOT NULL,
    cache_read_tokens BIGINT NOT NULL,
    cache_write_tokens BIGINT NOT NULL,
    reported BOOLEAN NOT NULL,
    cost_nanousd BIGINT,
    naive_tokens BIGINT,
    at BIGINT NOT NULL
);
CREATE INDEX token_usage_of_user ON token_usage (user_id, at);
CREATE INDEX token_usage_of_project ON token_usage (project_id);
CREATE INDEX token_usage_of_generation ON token_usage (generation_id);

CREATE TABLE vault_keys (
    id UUID NOT NULL PRIMARY KEY,
    user_id UUID REFERENCES users (id) ON DELETE CASCADE,
    provider TEXT NOT NULL,
    label TEXT NOT NULL,
    base_url TEXT,
    sealed BYTEA NOT NULL,
    last4 TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE INDEX vault_keys_of_user ON vault_keys (user_id);
