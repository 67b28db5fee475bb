-- What an access server is to do with a session because of a block, and what came of it.
CREATE TABLE session_order (
    id          BIGINT PRIMARY KEY,
    block_id    BIGINT NOT NULL REFERENCES block (id),
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
CREATE INDEX session_order_open ON session_order (session_id) WHERE state NOT IN ('done', 'dropped');
CREATE INDEX session_order_due ON session_order (next_at) WHERE next_at IS NOT NULL;
