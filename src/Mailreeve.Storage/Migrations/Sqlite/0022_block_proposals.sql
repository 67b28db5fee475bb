-- Blocks that one operator wants, and that wait for another's yes.
CREATE TABLE block_proposal (
    id              BIGINT PRIMARY KEY,
    -- An address or a prefix; or all that a customer has.
    first_address   BLOB,
    prefix_length   BIGINT,
    customer_id     BIGINT REFERENCES customer (id),
    scope           TEXT NOT NULL,
    list            TEXT,
    clause          TEXT NOT NULL,
    policy_revision TEXT NOT NULL,
    reason          TEXT NOT NULL,
    -- Milliseconds that it lasts, from the yes.
    lasts           BIGINT NOT NULL,
    -- Why one person is not enough.
    why             TEXT NOT NULL,
    proposed_by     TEXT NOT NULL,
    proposed_at     BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL,
    -- waiting, confirmed, declined or expired.
    state           TEXT NOT NULL,
    decided_by      TEXT,
    decided_at      BIGINT,
    decision_reason TEXT,
    -- What was placed: the number of a block, or of a customer_block.
    placed          BIGINT
);
CREATE INDEX block_proposal_waiting ON block_proposal (expires_at) WHERE state = 'waiting';
