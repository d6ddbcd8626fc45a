-- What providers counted of a model's requests, beside our own count.
CREATE TABLE token_calibration (
    model TEXT NOT NULL PRIMARY KEY,
    calls INTEGER NOT NULL,
    counted INTEGER NOT NULL,
    reported INTEGER NOT NULL
) STRICT;
