-- Budgets: what may be spent, what is, and what is set aside for calls under way. Money in billionths of a US dollar.
CREATE TABLE budget_limits (
    scope TEXT NOT NULL,
    -- A user or a project.
    subject UUID NOT NULL,
    -- NULL: expressly none.
    nanousd BIGINT,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (scope, subject)
);

-- No foreign keys: what was spent stays.
CREATE TABLE budget_balances (
    purse TEXT NOT NULL,
    -- A user, a project or, for one turn, its generation.
    subject UUID NOT NULL,
    -- The month's number; 0 for a turn.
    period BIGINT NOT NULL,
    spent BIGINT NOT NULL,
    reserved BIGINT NOT NULL,
    -- The highest share of the limit, in percent, that was told.
    alerted BIGINT NOT NULL,
    PRIMARY KEY (purse, subject, period)
);

CREATE TABLE budget_reservations (
    generation_id UUID NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
    step BIGINT NOT NULL,
    purse TEXT NOT NULL,
    subject UUID NOT NULL,
    period BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (generation_id, step, purse)
);
