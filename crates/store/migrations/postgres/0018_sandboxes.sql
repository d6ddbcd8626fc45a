-- The machine that a project has, where it has one.
CREATE TABLE sandboxes (
    id UUID NOT NULL PRIMARY KEY,
    project_id UUID NOT NULL UNIQUE REFERENCES projects (id) ON DELETE CASCADE,
    engine TEXT NOT NULL,
    -- Which server has it, where it is on one.
    node_id UUID NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL
);

-- Where people want their apps to run.
CREATE TABLE engine_choices (
    project_id UUID NOT NULL PRIMARY KEY REFERENCES projects (id) ON DELETE CASCADE,
    engine TEXT NOT NULL,
    chosen_at BIGINT NOT NULL
);

-- How long machines ran. Stays when the project is deleted: it was spent.
CREATE TABLE sandbox_usage (
    project_id UUID NOT NULL,
    engine TEXT NOT NULL,
    month BIGINT NOT NULL,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    seconds BIGINT NOT NULL,
    cost_nanousd BIGINT NOT NULL,
    PRIMARY KEY (project_id, engine, month, user_id)
);
CREATE INDEX sandbox_usage_of_month ON sandbox_usage (month, engine);
