-- Changes that met what a person had just written: not made, and kept to be looked at.
CREATE TABLE suggestions (
    id BLOB NOT NULL PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    generation_id BLOB NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    -- What the file was beside it, and what it would have been; NULL: not there.
    base BLOB REFERENCES blobs (hash),
    wanted BLOB REFERENCES blobs (hash),
    state TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX suggestions_open ON suggestions (project_id, at, id) WHERE state = 'open';
CREATE INDEX suggestions_of_generation ON suggestions (generation_id);
CREATE INDEX suggestions_of_project ON suggestions (project_id);
