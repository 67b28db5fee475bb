-- Programs that enforce blocks where they are and ask here what these are, by the protocol of CrowdSec's bouncers.
CREATE TABLE bouncer (
    id           BIGINT PRIMARY KEY,
    name         TEXT NOT NULL,
    -- SHA-256 of its key, which has 256 bits of its own.
    key_hash     TEXT NOT NULL,
    takes_ranges BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    created_by   TEXT NOT NULL,
    removed_at   BIGINT,
    removed_by   TEXT,
    -- How often it was told what is new; by this two who answer it at once find out.
    pulls        BIGINT NOT NULL,
    pulled_at    BIGINT,
    -- What was told at this time or later is told again, for nothing says that it has arrived.
    repeat_from  BIGINT,
    -- When it was last told everything.
    whole_at     BIGINT,
    -- When it last asked about one address, which leaves nothing behind.
    asked_at     BIGINT,
    -- What it calls itself.
    client       TEXT,
    -- What was never blocked when it was told, and in how many answers that was different from now.
    never        TEXT NOT NULL,
    never_told   BIGINT NOT NULL
);
CREATE UNIQUE INDEX bouncer_name ON bouncer (name) WHERE removed_at IS NULL;

-- What a bouncer was told of late.
CREATE INDEX block_enforcement_since ON block_enforcement (node, back_end, since);
