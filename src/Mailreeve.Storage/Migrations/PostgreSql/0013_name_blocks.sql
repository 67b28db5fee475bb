-- Sites and domains that are blocked by name, because others share their address. Everything below a name is blocked with it.
CREATE TABLE name_block (
    id              BIGINT PRIMARY KEY,
    name            TEXT NOT NULL,
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
-- A name is blocked once at a time.
CREATE UNIQUE INDEX name_block_in_force ON name_block (name) WHERE state = 'in-force';
CREATE INDEX name_block_due ON name_block (expires_at) WHERE state = 'in-force';
