-- What each call would have cost with every file sent and whole files answered; NULL for calls before this.
ALTER TABLE token_usage ADD COLUMN naive_output_tokens BIGINT;
ALTER TABLE token_usage ADD COLUMN naive_cost_nanousd BIGINT;
CREATE INDEX token_usage_in_order ON token_usage (at, id);

-- Prices that an administrator sets, in picodollars for one token: they go before the list's.
CREATE TABLE model_prices (
    model TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    input_price BIGINT NOT NULL,
    output_price BIGINT NOT NULL,
    cache_read_price BIGINT NOT NULL,
    cache_write_price BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
