-- What providers counted of a model's requests, beside our own count.
CREATE TABLE token_calibration (
    model TEXT NOT NULL PRIMARY KEY,
    calls BIGINT NOT NULL,
    counted BIGINT NOT NULL,
    reported BIGINT NOT NULL
);
