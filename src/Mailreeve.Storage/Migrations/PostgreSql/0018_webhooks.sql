-- What systems of ours that run services are told about blocks, and when next. What came of it stands in block_enforcement.
CREATE TABLE webhook_order (
    webhook  TEXT NOT NULL,
    block_id BIGINT NOT NULL REFERENCES block (id),
    -- Whether the block is to be in force there, or to be over.
    is_block BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    -- When it is told, or asked again; null when it has said that it is so.
    next_at  BIGINT,
    PRIMARY KEY (webhook, block_id)
);
CREATE INDEX webhook_order_due ON webhook_order (next_at) WHERE next_at IS NOT NULL;
