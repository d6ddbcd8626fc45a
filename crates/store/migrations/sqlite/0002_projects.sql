-- Projects, members, contents, files and versions.
CREATE TABLE projects (
    id BLOB NOT NULL PRIMARY KEY,
    owner_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- The name in lower case: what a filter is compared with.
    name_search TEXT NOT NULL,
    project_type TEXT NOT NULL,
    visibility TEXT NOT NULL,
    preview_id TEXT NOT NULL UNIQUE,
    starter TEXT,
    -- No foreign key: versions refer to their project, and one direction is enough.
    head_version BLOB,
    version_count INTEGER NOT NULL,
    file_count INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    build_status TEXT NOT NULL,
    last_build_at INTEGER,
    message_count INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX projects_of_owner ON projects (owner_id);
CREATE INDEX projects_by_change ON projects (updated_at, id);

CREATE TABLE members (
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (project_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_of_user ON members (user_id, project_id);

CREATE TABLE blobs (
    hash BLOB NOT NULL PRIMARY KEY,
    size INTEGER NOT NULL,
    -- When it was last put: the collector leaves what is young.
    touched_at INTEGER NOT NULL,
    -- Whether data is compressed.
    zstd INTEGER NOT NULL,
    data BLOB NOT NULL
) STRICT;
CREATE INDEX blobs_by_age ON blobs (touched_at);

CREATE TABLE files (
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    hash BLOB NOT NULL REFERENCES blobs (hash),
    size INTEGER NOT NULL,
    kind TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (project_id, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX files_by_hash ON files (hash);

-- Blobs that a project's versions and messages refer to.
CREATE TABLE project_blobs (
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    hash BLOB NOT NULL REFERENCES blobs (hash),
    PRIMARY KEY (project_id, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX project_blobs_by_hash ON project_blobs (hash);

CREATE TABLE versions (
    id BLOB NOT NULL PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    origin TEXT NOT NULL,
    parent_id BLOB,
    generation_id BLOB,
    title TEXT NOT NULL,
    summary TEXT,
    verified INTEGER,
    file_count INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    added INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    removed INTEGER NOT NULL,
    author_user_id BLOB,
    created_at INTEGER NOT NULL,
    UNIQUE (project_id, number)
) STRICT;

-- Apart from versions, so that lists never come near them.
CREATE TABLE version_manifests (
    version_id BLOB NOT NULL PRIMARY KEY REFERENCES versions (id) ON DELETE CASCADE,
    -- The length of data once unpacked.
    length INTEGER NOT NULL,
    data BLOB NOT NULL
) STRICT;
