-- A mailbox, or one service of a customer, is suspended. Its number is one of block's: what becomes of either is kept in the same tables.
CREATE TABLE service_block (
    id              BIGINT PRIMARY KEY,
    case_id         BIGINT,
    step            TEXT,
    customer_id     BIGINT NOT NULL REFERENCES customer (id),
    mailbox_id      BIGINT REFERENCES mailbox (id),
    service_id      BIGINT REFERENCES service (id),
    clause          TEXT NOT NULL,
    policy_revision TEXT NOT NULL,
    reason          TEXT NOT NULL,
    placed_by       TEXT NOT NULL,
    starts_at       BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL,
    state           TEXT NOT NULL,
    ended_at        BIGINT,
    ended_by        TEXT,
    end_reason      TEXT,
    case_told_at    BIGINT,
    CHECK ((mailbox_id IS NULL) <> (service_id IS NULL))
);
CREATE INDEX service_block_due ON service_block (expires_at) WHERE state = 'in-force';
CREATE INDEX service_block_case ON service_block (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX service_block_service ON service_block (service_id) WHERE state = 'in-force';

-- So these speak of blocks of both tables.
ALTER TABLE block_enforcement DROP CONSTRAINT block_enforcement_block_id_fkey;
ALTER TABLE webhook_order DROP CONSTRAINT webhook_order_block_id_fkey;
ALTER TABLE session_order DROP CONSTRAINT session_order_block_id_fkey;

-- What waits for a person who does it by hand.
CREATE INDEX block_enforcement_by_hand ON block_enforcement (state, since) WHERE back_end = 'hand';
