-- What each call would have cost with every file sent and whole files answered; NULL for calls before this.
ALTER TABLE token_usage ADD COLUMN naive_output_tokens INTEGER;
ALTER TABLE token_usage ADD COLUMN naive_cost_nanousd INTEGER;
CREATE INDEX token_usage_in_order ON token_usage (at, id);

-- Prices that an administrator sets, in picodollars for one token: they go before the list's.
CREATE TABLE model_prices (
    model TEXT NOT NULL PRIMARY KEY,
    input_price INTEGER NOT NULL,
    output_price INTEGER NOT NULL,
    cache_read_price INTEGER NOT NULL,
    cache_write_price INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
