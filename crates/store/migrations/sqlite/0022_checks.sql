-- What became of each smoke check of a project when it was last carried out.
CREATE TABLE smoke_results (
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    -- Of the check's file: another text is another check.
    hash BLOB NOT NULL,
    ok INTEGER NOT NULL,
    -- Before the turn that this result is of.
    ok_before INTEGER,
    message TEXT NOT NULL,
    duration_ms INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (project_id, path)
) STRICT;

-- Pictures of apps.
CREATE TABLE screenshots (
    project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    hash BLOB NOT NULL,
    media_type TEXT NOT NULL,
    taken_at INTEGER NOT NULL,
    PRIMARY KEY (project_id, hash)
) STRICT;
CREATE INDEX screenshots_of_blob ON screenshots (hash);
