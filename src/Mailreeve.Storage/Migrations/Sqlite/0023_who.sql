-- The operator's own tools, which ask over the API.
CREATE TABLE api_key (
    id         BIGINT PRIMARY KEY,
    name       TEXT NOT NULL,
    -- SHA-256 of the key, which has 256 bits of its own.
    key_hash   TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    removed_at BIGINT,
    removed_by TEXT
);
CREATE UNIQUE INDEX api_key_name ON api_key (name) WHERE removed_at IS NULL;

-- Who asked who had an address, and what they were told: every answer may disclose a customer.
CREATE TABLE who_question (
    id        BIGINT PRIMARY KEY,
    asked_at  BIGINT NOT NULL,
    asked_by  TEXT NOT NULL,
    address   BLOB NOT NULL,
    port      BIGINT,
    -- When it was asked about, with the doubt about that.
    from_at   BIGINT NOT NULL,
    to_at     BIGINT NOT NULL,
    -- As it was known then; null for as it was known when it was asked.
    known_at  BIGINT,
    verdict   TEXT NOT NULL,
    -- Registration numbers of those who were named, also of those who may have had it, with blanks between.
    disclosed TEXT NOT NULL
);
CREATE INDEX who_question_asker ON who_question (asked_by, asked_at);
CREATE INDEX who_question_address ON who_question (address, asked_at);
CREATE INDEX who_question_time ON who_question (asked_at);

-- Sessions are forgotten some time after they ended, and what was ordered because of them with them.
CREATE INDEX address_session_ended ON address_session (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX session_order_session ON session_order (session_id);

-- Which sites lead to an address.
CREATE INDEX host_address_address ON host_address (address);
