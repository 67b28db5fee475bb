-- Instants are UTC milliseconds, money is cents plus currency, addresses are 16 bytes (IPv4 mapped), enums are text.

CREATE TABLE id_block (
    name TEXT PRIMARY KEY,
    next BIGINT NOT NULL
);

CREATE TABLE secret (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
);

CREATE TABLE change (
    seq  BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    key  BIGINT NOT NULL
);

CREATE TABLE policy_revision (
    revision    TEXT PRIMARY KEY,
    content     TEXT NOT NULL,
    in_force_at BIGINT NOT NULL
);

-- Accounts ----------------------------------------------------------------------------------------------------------

CREATE TABLE customer (
    id            BIGINT PRIMARY KEY,
    reg_number    TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    upstream_id   BIGINT REFERENCES customer (id),
    state         TEXT NOT NULL,
    time_zone     TEXT NOT NULL,
    password_hash TEXT,
    created_at    BIGINT NOT NULL
);

CREATE TABLE contact (
    id          BIGINT PRIMARY KEY,
    customer_id BIGINT NOT NULL REFERENCES customer (id),
    channel     TEXT NOT NULL,
    address     TEXT NOT NULL,
    role        TEXT NOT NULL,
    position    BIGINT NOT NULL,
    verified_at BIGINT,
    ended_at    BIGINT,
    UNIQUE (customer_id, channel, address, role)
);
CREATE INDEX contact_address ON contact (lower(address));

CREATE TABLE service (
    id          BIGINT PRIMARY KEY,
    customer_id BIGINT NOT NULL REFERENCES customer (id),
    kind        TEXT NOT NULL,
    name        TEXT NOT NULL,
    state       TEXT NOT NULL,
    UNIQUE (customer_id, name)
);

-- What was whose, and when: valid_* says when it was so, recorded_at and superseded_at when we believed it.
CREATE TABLE assignment (
    id            BIGINT PRIMARY KEY,
    customer_id   BIGINT NOT NULL REFERENCES customer (id),
    service_id    BIGINT REFERENCES service (id),
    first_address BLOB,
    prefix_length BIGINT,
    domain        TEXT,
    valid_from    BIGINT NOT NULL,
    valid_to      BIGINT,
    recorded_at   BIGINT NOT NULL,
    superseded_at BIGINT,
    CHECK ((first_address IS NULL) = (prefix_length IS NULL)),
    CHECK ((first_address IS NULL) <> (domain IS NULL))
);
CREATE INDEX assignment_customer ON assignment (customer_id);

CREATE TABLE operator (
    id            BIGINT PRIMARY KEY,
    name          TEXT NOT NULL UNIQUE,
    role          TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    totp_secret   BLOB,
    totp_step     BIGINT,
    created_at    BIGINT NOT NULL,
    disabled_at   BIGINT
);

CREATE TABLE policy_acknowledgement (
    customer_id     BIGINT NOT NULL REFERENCES customer (id),
    revision        TEXT NOT NULL REFERENCES policy_revision (revision),
    acknowledged_at BIGINT NOT NULL,
    PRIMARY KEY (customer_id, revision)
);

-- Who asked for a forgotten registration number lately: a digest of the mail address that was typed, ours or not.
CREATE TABLE number_request (
    address  BLOB PRIMARY KEY,
    asked_at BIGINT NOT NULL
);

-- Abuse desk --------------------------------------------------------------------------------------------------------

CREATE TABLE reporter (
    id               BIGINT PRIMARY KEY,
    mailbox          TEXT NOT NULL UNIQUE,
    first_seen_at    BIGINT NOT NULL,
    reports          BIGINT NOT NULL,
    last_answered_at BIGINT
);

CREATE TABLE report (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    received_at    BIGINT NOT NULL,
    channel        TEXT NOT NULL,
    queue          TEXT NOT NULL,
    recipients     TEXT NOT NULL,
    client_address BLOB,
    helo           TEXT,
    tls            TEXT,
    envelope_from  TEXT,
    token          TEXT NOT NULL,
    sha256         BLOB NOT NULL,
    size           BIGINT NOT NULL,
    state          TEXT NOT NULL,
    outcome        TEXT,
    outcome_detail TEXT,
    format         TEXT,
    reporter_id    BIGINT REFERENCES reporter (id),
    processed_at   BIGINT,
    raw            BLOB NOT NULL
);
CREATE INDEX report_waiting ON report (id) WHERE state = 'received';
CREATE INDEX report_person ON report (queue, received_at) WHERE state = 'needs-person';

CREATE TABLE abuse_case (
    id                    BIGINT PRIMARY KEY,
    version               BIGINT NOT NULL,
    customer_id           BIGINT NOT NULL REFERENCES customer (id),
    downstream_id         BIGINT REFERENCES customer (id),
    kind                  TEXT NOT NULL,
    resource_kind         TEXT NOT NULL,
    resource              TEXT NOT NULL,
    type                  TEXT NOT NULL,
    phase                 TEXT NOT NULL,
    opened_at             BIGINT NOT NULL,
    due_at                BIGINT,
    complaints            BIGINT NOT NULL,
    reporters             BIGINT NOT NULL,
    complaints_since      BIGINT NOT NULL,
    answers               BIGINT NOT NULL,
    round                 BIGINT NOT NULL,
    overdue_handled_round BIGINT NOT NULL,
    response_id           BIGINT,
    undeliverable_step    TEXT,
    blocks                TEXT NOT NULL,
    steps_taken           TEXT NOT NULL,
    open_decisions        TEXT NOT NULL,
    disposition           TEXT,
    policy_revision       TEXT NOT NULL
);
-- One open case for each customer, resource and type, whoever races with whom.
CREATE UNIQUE INDEX abuse_case_open ON abuse_case (customer_id, resource_kind, resource, type) WHERE phase <> 'closed';
CREATE INDEX abuse_case_due ON abuse_case (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE case_event (
    case_id         BIGINT NOT NULL REFERENCES abuse_case (id),
    seq             BIGINT NOT NULL,
    at              BIGINT NOT NULL,
    actor           TEXT NOT NULL,
    clause          TEXT,
    policy_revision TEXT NOT NULL,
    body            TEXT NOT NULL,
    PRIMARY KEY (case_id, seq)
);

CREATE TABLE event (
    id              BIGINT PRIMARY KEY,
    report_id       BIGINT NOT NULL REFERENCES report (id),
    case_id         BIGINT REFERENCES abuse_case (id),
    type            TEXT NOT NULL,
    role            TEXT NOT NULL,
    address         BLOB,
    port            BIGINT,
    url             TEXT,
    domain          TEXT,
    mailbox         TEXT,
    occurred_raw    TEXT,
    occurred_at     BIGINT,
    time_confidence TEXT NOT NULL,
    verdict         TEXT NOT NULL,
    verdict_detail  TEXT NOT NULL,
    customer_id     BIGINT REFERENCES customer (id),
    assignment_id   BIGINT REFERENCES assignment (id),
    reporter_id     BIGINT REFERENCES reporter (id),
    fingerprint     BLOB NOT NULL
);
CREATE INDEX event_case ON event (case_id, id);
CREATE INDEX event_report ON event (report_id);
CREATE INDEX event_reporter ON event (case_id, reporter_id);
CREATE INDEX event_evidence ON event (fingerprint, case_id, reporter_id);

CREATE TABLE decision (
    id         BIGINT PRIMARY KEY,
    case_id    BIGINT NOT NULL REFERENCES abuse_case (id),
    step       TEXT NOT NULL,
    question   TEXT NOT NULL,
    why        TEXT NOT NULL,
    clause     TEXT NOT NULL,
    asked_at   BIGINT NOT NULL,
    state      TEXT NOT NULL,
    decided_at BIGINT,
    decided_by TEXT,
    reason     TEXT,
    UNIQUE (case_id, step)
);
CREATE INDEX decision_open ON decision (asked_at) WHERE state = 'asked';

CREATE TABLE response (
    id         BIGINT PRIMARY KEY,
    case_id    BIGINT NOT NULL REFERENCES abuse_case (id),
    at         BIGINT NOT NULL,
    actor      TEXT NOT NULL,
    resolution TEXT NOT NULL,
    prevention TEXT NOT NULL,
    state      TEXT NOT NULL,
    decided_at BIGINT,
    decided_by TEXT,
    reason     TEXT
);
CREATE INDEX response_case ON response (case_id);

-- Hand-over: tell the customer. One row for each contact tried; the next one is written when this one failed.
CREATE TABLE notice (
    id           BIGINT PRIMARY KEY,
    case_id      BIGINT NOT NULL REFERENCES abuse_case (id),
    step         TEXT NOT NULL,
    attempt      BIGINT NOT NULL,
    template     TEXT NOT NULL,
    starts_clock BIGINT NOT NULL,
    clause       TEXT NOT NULL,
    contact_id   BIGINT REFERENCES contact (id),
    state        TEXT NOT NULL,
    written_at   BIGINT NOT NULL,
    finished_at  BIGINT,
    outbound_id  BIGINT,
    detail       TEXT,
    UNIQUE (case_id, step, attempt)
);
CREATE INDEX notice_waiting ON notice (id) WHERE state = 'written';

-- Network -----------------------------------------------------------------------------------------------------------

-- Hand-over: block this. In force from the commit that writes it until expires_at or ended_at.
CREATE TABLE block (
    id              BIGINT PRIMARY KEY,
    case_id         BIGINT,
    step            TEXT,
    customer_id     BIGINT REFERENCES customer (id),
    first_address   BLOB NOT NULL,
    prefix_length   BIGINT NOT NULL,
    scope           TEXT NOT NULL,
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
    case_told_at    BIGINT
);
CREATE INDEX block_in_force ON block (expires_at) WHERE state = 'in-force';
CREATE INDEX block_case ON block (case_id);

-- Accounts: charges -------------------------------------------------------------------------------------------------

-- Hand-over: charge this. One for each complaint, for ever.
CREATE TABLE charge (
    id              BIGINT PRIMARY KEY,
    customer_id     BIGINT NOT NULL REFERENCES customer (id),
    case_id         BIGINT NOT NULL,
    report_id       BIGINT NOT NULL,
    amount_cents    BIGINT NOT NULL,
    currency        TEXT NOT NULL,
    clause          TEXT NOT NULL,
    policy_revision TEXT NOT NULL,
    state           TEXT NOT NULL,
    proposed_at     BIGINT NOT NULL,
    decided_at      BIGINT,
    decided_by      TEXT,
    reason          TEXT,
    UNIQUE (case_id, report_id)
);
CREATE INDEX charge_customer ON charge (customer_id, id);
CREATE INDEX charge_proposed ON charge (proposed_at) WHERE state = 'proposed';

-- Mail --------------------------------------------------------------------------------------------------------------

-- Hand-over: send this. purpose and subject_id say whose it is: ('notice', notice.id), ('answer', report.id) ...
CREATE TABLE outbound (
    id              BIGINT PRIMARY KEY,
    purpose         TEXT NOT NULL,
    subject_id      BIGINT NOT NULL,
    envelope_from   TEXT NOT NULL,
    recipient       TEXT NOT NULL,
    message         BLOB NOT NULL,
    state           TEXT NOT NULL,
    attempts        BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    next_attempt_at BIGINT NOT NULL,
    finished_at     BIGINT,
    last_reply      TEXT,
    outcome_read_at BIGINT
);
CREATE INDEX outbound_due ON outbound (next_attempt_at) WHERE state = 'queued';
CREATE INDEX outbound_outcome ON outbound (id) WHERE finished_at IS NOT NULL AND outcome_read_at IS NULL;
