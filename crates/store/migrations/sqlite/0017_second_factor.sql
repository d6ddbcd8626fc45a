-- The second factor of who has one. Its secret is in the vault.
CREATE TABLE second_factors (
    user_id BLOB NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    confirmed_at INTEGER NOT NULL,
    -- The newest step whose code was taken: none is taken twice.
    last_step INTEGER NOT NULL
) STRICT;

CREATE TABLE recovery_codes (
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code_hash BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (user_id, code_hash)
) STRICT;

-- Sign-ins whose password was right and whose code is awaited.
CREATE TABLE pending_sign_ins (
    token_hash BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- Of the password's hash: it ends when the password is changed.
    password_mark BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX pending_sign_ins_of_user ON pending_sign_ins (user_id);
