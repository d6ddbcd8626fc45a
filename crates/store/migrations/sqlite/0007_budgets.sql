-- Budgets: what may be spent, what is, and what is set aside for calls under way. Money in billionths of a US dollar.
CREATE TABLE budget_limits (
    scope TEXT NOT NULL,
    -- A user or a project.
    subject BLOB NOT NULL,
    -- NULL: expressly none.
    nanousd INTEGER,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (scope, subject)
) STRICT;

-- No foreign keys: what was spent stays.
CREATE TABLE budget_balances (
    purse TEXT NOT NULL,
    -- A user, a project or, for one turn, its generation.
    subject BLOB NOT NULL,
    -- The month's number; 0 for a turn.
    period INTEGER NOT NULL,
    spent INTEGER NOT NULL,
    reserved INTEGER NOT NULL,
    -- The highest share of the limit, in percent, that was told.
    alerted INTEGER NOT NULL,
    PRIMARY KEY (purse, subject, period)
) STRICT;

CREATE TABLE budget_reservations (
    generation_id BLOB NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    purse TEXT NOT NULL,
    subject BLOB NOT NULL,
    period INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (generation_id, step, purse)
) STRICT;
