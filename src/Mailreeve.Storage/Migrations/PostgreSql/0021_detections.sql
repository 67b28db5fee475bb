-- Hand-over: a sensor of ours saw this address attack (C5). Cases take those of our own addresses, third-party blocks the others.
CREATE TABLE detection (
    id          BIGINT PRIMARY KEY,
    sensor      TEXT NOT NULL,
    type        TEXT NOT NULL,
    address     BYTEA NOT NULL,
    port        BIGINT,
    targets     BIGINT NOT NULL,
    two_way     BIGINT NOT NULL,
    first_at    BIGINT NOT NULL,
    last_at     BIGINT NOT NULL,
    detail      TEXT NOT NULL,
    ours        BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    told_at     BIGINT,
    outcome     TEXT NOT NULL,
    customer_id BIGINT REFERENCES customer (id),
    case_id     BIGINT,
    block_id    BIGINT REFERENCES block (id)
);
CREATE INDEX detection_untold ON detection (ours, id) WHERE told_at IS NULL;
CREATE INDEX detection_address ON detection (address, last_at);
CREATE INDEX detection_case ON detection (case_id, id) WHERE case_id IS NOT NULL;
CREATE INDEX detection_block ON detection (block_id) WHERE block_id IS NOT NULL;
CREATE INDEX detection_recorded ON detection (recorded_at);

-- How far the log of a sensor has been read. head: a hash of its first line, by which it is known when it was put aside.
CREATE TABLE detection_log (
    sensor   TEXT PRIMARY KEY,
    head     TEXT NOT NULL,
    position BIGINT NOT NULL,
    read_at  BIGINT NOT NULL
);
