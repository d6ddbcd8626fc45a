-- The machine that a project has, where it has one.
CREATE TABLE sandboxes (
    id BLOB NOT NULL PRIMARY KEY,
    project_id BLOB NOT NULL UNIQUE REFERENCES projects (id) ON DELETE CASCADE,
    engine TEXT NOT NULL,
    -- Which server has it, where it is on one.
    node_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL
) STRICT;

-- Where people want their apps to run.
CREATE TABLE engine_choices (
    project_id BLOB NOT NULL PRIMARY KEY REFERENCES projects (id) ON DELETE CASCADE,
    engine TEXT NOT NULL,
    chosen_at INTEGER NOT NULL
) STRICT;

-- How long machines ran. Stays when the project is deleted: it was spent.
CREATE TABLE sandbox_usage (
    project_id BLOB NOT NULL,
    engine TEXT NOT NULL,
    month INTEGER NOT NULL,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    seconds INTEGER NOT NULL,
    cost_nanousd INTEGER NOT NULL,
    PRIMARY KEY (project_id, engine, month, user_id)
) STRICT;
CREATE INDEX sandbox_usage_of_month ON sandbox_usage (month, engine);
