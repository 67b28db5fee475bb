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

-- So these speak of blocks of both tables: as they were, but for the references.
CREATE TABLE block_enforcement_new (
    block_id  BIGINT NOT NULL,
    node      TEXT NOT NULL,
    back_end  TEXT NOT NULL,
    state     TEXT NOT NULL,
    since     BIGINT NOT NULL,
    proven_at BIGINT,
    detail    TEXT,
    PRIMARY KEY (block_id, node, back_end)
);
INSERT INTO block_enforcement_new (block_id, node, back_end, state, since, proven_at, detail)
SELECT block_id, node, back_end, state, since, proven_at, detail
FROM   block_enforcement;
DROP TABLE block_enforcement;
ALTER TABLE block_enforcement_new RENAME TO block_enforcement;
CREATE INDEX block_enforcement_node ON block_enforcement (node, back_end) WHERE state <> 'removed';
CREATE INDEX block_enforcement_since ON block_enforcement (node, back_end, since);

CREATE TABLE webhook_order_new (
    webhook  TEXT NOT NULL,
    block_id BIGINT NOT NULL,
    -- Whether the block is to be in force there, or to be over.
    is_block BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    -- When it is told, or asked again; null when it has said that it is so.
    next_at  BIGINT,
    PRIMARY KEY (webhook, block_id)
);
INSERT INTO webhook_order_new (webhook, block_id, is_block, attempts, next_at)
SELECT webhook, block_id, is_block, attempts, next_at
FROM   webhook_order;
DROP TABLE webhook_order;
ALTER TABLE webhook_order_new RENAME TO webhook_order;
CREATE INDEX webhook_order_due ON webhook_order (next_at) WHERE next_at IS NOT NULL;

CREATE TABLE session_order_new (
    id          BIGINT PRIMARY KEY,
    block_id    BIGINT NOT NULL,
    session_id  BIGINT NOT NULL REFERENCES address_session (id),
    -- Whether the block begins or is over.
    is_lift     BIGINT NOT NULL,
    -- The client of RADIUS accounting by which the session is known.
    client      TEXT NOT NULL,
    action      TEXT NOT NULL,
    state       TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    attempts    BIGINT NOT NULL,
    -- When it is asked, or asked again; null when there is nothing more to ask.
    next_at     BIGINT,
    asked_at    BIGINT,
    -- When the session was seen to be gone.
    proven_at   BIGINT,
    detail      TEXT,
    UNIQUE (block_id, session_id, is_lift)
);
INSERT INTO session_order_new (id, block_id, session_id, is_lift, client, action, state, created_at, attempts, next_at, asked_at, proven_at, detail)
SELECT id, block_id, session_id, is_lift, client, action, state, created_at, attempts, next_at, asked_at, proven_at, detail
FROM   session_order;
DROP TABLE session_order;
ALTER TABLE session_order_new RENAME TO session_order;
CREATE INDEX session_order_open ON session_order (session_id) WHERE state NOT IN ('done', 'dropped');
CREATE INDEX session_order_due ON session_order (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX session_order_session ON session_order (session_id);

-- What waits for a person who does it by hand.
CREATE INDEX block_enforcement_by_hand ON block_enforcement (state, since) WHERE back_end = 'hand';
