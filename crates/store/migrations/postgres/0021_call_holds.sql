-- Money set aside for calls that belong to no turn. One whose server was lost is given back when its time is over.
CREATE TABLE call_holds (
    id UUID NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    period BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    until BIGINT NOT NULL
);
CREATE INDEX call_holds_of_user ON call_holds (user_id, until);
