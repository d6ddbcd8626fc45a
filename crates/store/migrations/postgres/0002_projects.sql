-- Projects, members, contents, files and versions.
CREATE TABLE projects (
    id UUID NOT NULL PRIMARY KEY,
    owner_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- The name in lower case: what a filter is compared with.
    name_search TEXT NOT NULL,
    project_type TEXT NOT NULL,
    visibility TEXT NOT NULL,
    preview_id TEXT NOT NULL UNIQUE,
    starter TEXT,
    -- No foreign key: versions refer to their project, and one direction is enough.
    head_version UUID,
    version_count BIGINT NOT NULL,
    file_count BIGINT NOT NULL,
    size_bytes BIGINT NOT NULL,
    build_status TEXT NOT NULL,
    last_build_at BIGINT,
    message_count BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX projects_of_owner ON projects (owner_id);
CREATE INDEX projects_by_change ON projects (updated_at, id);

CREATE TABLE members (
    project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (project_id, user_id)
);
CREATE INDEX members_of_user ON members (user_id, project_id);

CREATE TABLE blobs (
    hash BYTEA NOT NULL PRIMARY KEY,
    size BIGINT NOT NULL,
    -- When it was last put: the collector leaves what is young.
    touched_at BIGINT NOT NULL,
    -- Whether data is compressed.
    zstd BOOLEAN NOT NULL,
    data BYTEA NOT NULL
);
CREATE INDEX blobs_by_age ON blobs (touched_at);

CREATE TABLE files (
    project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    path TEXT COLLATE "C" NOT NULL,
    hash BYTEA NOT NULL REFERENCES blobs (hash),
    size BIGINT NOT NULL,
    kind TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (project_id, path)
);
CREATE INDEX files_by_hash ON files (hash);

-- Blobs that a project's versions and messages refer to.
CREATE TABLE project_blobs (
    project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    hash BYTEA NOT NULL REFERENCES blobs (hash),
    PRIMARY KEY (project_id, hash)
);
CREATE INDEX project_blobs_by_hash ON project_blobs (hash);

CREATE TABLE versions (
    id UUID NOT NULL PRIMARY KEY,
    project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    origin TEXT NOT NULL,
    parent_id UUID,
    generation_id UUID,
    title TEXT NOT NULL,
    summary TEXT,
    verified BOOLEAN,
    file_count BIGINT NOT NULL,
    size_bytes BIGINT NOT NULL,
    added BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    removed BIGINT NOT NULL,
    author_user_id UUID,
    created_at BIGINT NOT NULL,
    UNIQUE (project_id, number)
);

-- Apart from versions, so that lists never come near them.
CREATE TABLE version_manifests (
    version_id UUID NOT NULL PRIMARY KEY REFERENCES versions (id) ON DELETE CASCADE,
    -- The length of data once unpacked.
    length BIGINT NOT NULL,
    data BYTEA NOT NULL
);
