-- All that a customer has is blocked, and stays so while addresses come and go: rows of block follow these.
CREATE TABLE customer_block (
    id              BIGINT PRIMARY KEY,
    customer_id     BIGINT NOT NULL REFERENCES customer (id),
    scope           TEXT NOT NULL,
    clause          TEXT NOT NULL,
    policy_revision TEXT NOT NULL,
    reason          TEXT NOT NULL,
    placed_by       TEXT NOT NULL,
    starts_at       BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL,
    state           TEXT NOT NULL,
    ended_at        BIGINT,
    ended_by        TEXT,
    end_reason      TEXT
);
CREATE INDEX customer_block_in_force ON customer_block (expires_at) WHERE state = 'in-force';

ALTER TABLE block ADD COLUMN customer_block_id BIGINT REFERENCES customer_block (id);
CREATE INDEX block_customer_block ON block (customer_block_id) WHERE customer_block_id IS NOT NULL;

-- What a customer has by its sessions.
CREATE INDEX address_session_customer ON address_session (customer_id) WHERE ended_at IS NULL;
