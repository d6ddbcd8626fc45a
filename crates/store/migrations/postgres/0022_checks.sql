-- What became of each smoke check of a project when it was last carried out.
CREATE TABLE smoke_results (
    project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    path TEXT COLLATE "C" NOT NULL,
    -- Of the check's file: another text is another check.
    hash BYTEA NOT NULL,
    ok BOOLEAN NOT NULL,
    -- Before the turn that this result is of.
    ok_before BOOLEAN,
    message TEXT NOT NULL,
    duration_ms BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (project_id, path)
);

-- Pictures of apps.
CREATE TABLE screenshots (
    project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    hash BYTEA NOT NULL,
    media_type TEXT NOT NULL,
    taken_at BIGINT NOT NULL,
    PRIMARY KEY (project_id, hash)
);
CREATE INDEX screenshots_of_blob ON screenshots (hash);
