-- What became of each block at each back end of each node, as read back. No row: that node has not come to it yet.
CREATE TABLE block_enforcement (
    block_id  BIGINT NOT NULL REFERENCES block (id),
    node      TEXT NOT NULL,
    back_end  TEXT NOT NULL,
    state     TEXT NOT NULL,
    since     BIGINT NOT NULL,
    proven_at BIGINT,
    detail    TEXT,
    PRIMARY KEY (block_id, node, back_end)
);
CREATE INDEX block_enforcement_node ON block_enforcement (node, back_end) WHERE state <> 'removed';

-- When a back end was last compared with what should be, and found or made the same.
CREATE TABLE enforcement_node (
    node        TEXT NOT NULL,
    back_end    TEXT NOT NULL,
    compared_at BIGINT,
    elements    BIGINT NOT NULL,
    drift       BIGINT NOT NULL,
    problem     TEXT,
    PRIMARY KEY (node, back_end)
);
