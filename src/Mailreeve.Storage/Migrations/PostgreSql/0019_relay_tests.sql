-- Hand-over: test whether this host relays (C7). waiting: not before next_at; running: somebody's until next_at; pending: looked at again then.
CREATE TABLE relay_run (
    id           BIGINT PRIMARY KEY,
    customer_id  BIGINT NOT NULL REFERENCES customer (id),
    address      BYTEA NOT NULL,
    occasion     TEXT NOT NULL,
    asked_by     TEXT NOT NULL,
    asked_at     BIGINT NOT NULL,
    state        TEXT NOT NULL,
    next_at      BIGINT NOT NULL,
    rounds       BIGINT NOT NULL,
    started_at   BIGINT,
    dialogue     TEXT NOT NULL,
    verdict      TEXT NOT NULL,
    detail       TEXT NOT NULL,
    host         TEXT,
    blocked      BIGINT NOT NULL,
    ended_at     BIGINT,
    case_told_at BIGINT
);
CREATE UNIQUE INDEX relay_run_under_way ON relay_run (address) WHERE state IN ('waiting', 'running');
CREATE INDEX relay_run_due ON relay_run (next_at) WHERE state <> 'done';
CREATE INDEX relay_run_address ON relay_run (address, id);
CREATE INDEX relay_run_untold ON relay_run (id) WHERE state = 'done' AND case_told_at IS NULL;

-- What was said in each test of a run, and what it has shown.
CREATE TABLE relay_attempt (
    run_id       BIGINT NOT NULL REFERENCES relay_run (id),
    number       BIGINT NOT NULL,
    port         BIGINT NOT NULL,
    test         TEXT NOT NULL,
    verdict      TEXT NOT NULL,
    transcript   TEXT NOT NULL,
    made_at      BIGINT,
    bounced_at   BIGINT,
    arrived_at   BIGINT,
    exit_address BYTEA,
    PRIMARY KEY (run_id, number)
);

-- Hand-over: this came to the collector. Only what a test of ours is for is taken there.
CREATE TABLE collected_mail (
    id             BIGINT PRIMARY KEY,
    received_at    BIGINT NOT NULL,
    local_part     TEXT NOT NULL,
    client_address BYTEA NOT NULL,
    header         BYTEA NOT NULL,
    state          TEXT NOT NULL,
    outcome        TEXT
);
CREATE INDEX collected_mail_waiting ON collected_mail (id) WHERE state = 'waiting';
CREATE INDEX collected_mail_local_part ON collected_mail (local_part);
