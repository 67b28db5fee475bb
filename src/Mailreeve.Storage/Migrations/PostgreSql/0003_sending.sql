-- Sending (C1, C2, C7, C8): who handed in what, what is held, what waits to go out, and what was found about mail that came in.

-- One row for each message that a customer handed in. It stays for ever: a message that is reported years later has a sender.
CREATE TABLE submission (
    id             BIGINT PRIMARY KEY,
    at             BIGINT NOT NULL,
    customer_id    BIGINT NOT NULL REFERENCES customer (id),
    -- Null when the customer's own server handed it in, known by its address.
    mailbox_id     BIGINT,
    client_address BYTEA NOT NULL,
    helo           TEXT NOT NULL,
    tls            TEXT,
    envelope_from  TEXT NOT NULL,
    header_from    TEXT NOT NULL,
    message_id     TEXT NOT NULL,
    list_id        TEXT,
    recipients     BIGINT NOT NULL,
    size           BIGINT NOT NULL,
    -- What the trace in the message says (see trace_key) and what it is bound to.
    trace_id       TEXT NOT NULL UNIQUE,
    trace_key_id   BIGINT NOT NULL,
    envelope_hash  BYTEA NOT NULL,
    body_hash      BYTEA NOT NULL,
    -- The hold it came under; null when it went out at once.
    hold_id        BIGINT,
    -- What it counts towards the limits: nothing when it was held, or when everyone on its list has given permission.
    counted        BIGINT NOT NULL,
    counted_first  BIGINT NOT NULL,
    -- For the operator who looks through what is held; empty for what went out.
    subject        TEXT NOT NULL
);
CREATE INDEX submission_mailbox ON submission (mailbox_id, at) WHERE mailbox_id IS NOT NULL;
CREATE INDEX submission_customer ON submission (customer_id, at);
CREATE INDEX submission_hold ON submission (hold_id) WHERE hold_id IS NOT NULL;
CREATE INDEX submission_body ON submission (body_hash);
CREATE INDEX submission_message_id ON submission (message_id);

-- Secrets that traces are signed with. Old ones stay, or old traces could not be told from forged ones.
CREATE TABLE trace_key (
    id         BIGINT PRIMARY KEY,
    secret     BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    retired_at BIGINT
);

CREATE TABLE dkim_key (
    id           BIGINT PRIMARY KEY,
    domain       TEXT NOT NULL,
    selector     TEXT NOT NULL,
    algorithm    TEXT NOT NULL,
    private_key  BYTEA NOT NULL,
    created_at   BIGINT NOT NULL,
    -- When its record was first seen in the DNS: nothing is signed with a key that nobody can find.
    published_at BIGINT,
    retired_at   BIGINT,
    UNIQUE (domain, selector)
);

-- A sender's mail is kept back until a person has looked at it: one mailbox's, or all of a customer's.
CREATE TABLE sending_hold (
    id              BIGINT PRIMARY KEY,
    customer_id     BIGINT NOT NULL REFERENCES customer (id),
    mailbox_id      BIGINT,
    reason          TEXT NOT NULL,
    detail          TEXT NOT NULL,
    clause          TEXT NOT NULL,
    policy_revision TEXT NOT NULL,
    placed_at       BIGINT NOT NULL,
    placed_by       TEXT NOT NULL,
    -- When the customer was told; null until then.
    told_at         BIGINT,
    ended_at        BIGINT,
    ended_by        TEXT,
    end_reason      TEXT,
    -- What became of the mail that was held: released or dropped; null while it is held.
    outcome         TEXT
);
CREATE INDEX sending_hold_open ON sending_hold (id) WHERE ended_at IS NULL;
CREATE INDEX sending_hold_untold ON sending_hold (id) WHERE told_at IS NULL;
-- One open hold for a mailbox, and one for all of a customer, however many messages trip a limit at once.
CREATE UNIQUE INDEX sending_hold_open_mailbox ON sending_hold (mailbox_id) WHERE ended_at IS NULL AND mailbox_id IS NOT NULL;
CREATE UNIQUE INDEX sending_hold_open_customer ON sending_hold (customer_id) WHERE ended_at IS NULL AND mailbox_id IS NULL;
CREATE INDEX sending_hold_customer ON sending_hold (customer_id, id);

-- Whom a sender has written to before. The recipient is a keyed hash: this is a count, not an address book.
CREATE TABLE known_recipient (
    sender    TEXT NOT NULL,
    recipient BYTEA NOT NULL,
    first_at  BIGINT NOT NULL,
    PRIMARY KEY (sender, recipient)
);

-- Who agreed to get a list's mail (C1), as read from a file. The ledger that proves it comes later.
CREATE TABLE permission (
    customer_id BIGINT NOT NULL REFERENCES customer (id),
    list_id     TEXT NOT NULL,
    recipient   TEXT NOT NULL,
    PRIMARY KEY (customer_id, list_id, recipient)
);

-- The hand-over "send this", once more: a message that has many recipients lies in a segment and not in each of their rows.
CREATE TABLE outbound_new (
    id              BIGINT PRIMARY KEY,
    purpose         TEXT NOT NULL,
    subject_id      BIGINT NOT NULL,
    submission_id   BIGINT,
    envelope_from   TEXT NOT NULL,
    recipient       TEXT NOT NULL,
    -- Where it goes: the domain of the recipient in lower case, without a final dot.
    destination     TEXT NOT NULL,
    message         BYTEA,
    segment         BIGINT,
    position        BIGINT,
    length          BIGINT,
    -- What the sender asked for (RFC 3461, 6152, 6531) as JSON; null for nothing.
    options         TEXT,
    state           TEXT NOT NULL,
    attempts        BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    next_attempt_at BIGINT NOT NULL,
    finished_at     BIGINT,
    last_reply      TEXT,
    outcome_read_at BIGINT,
    delay_told_at   BIGINT,
    -- From when on its waiting counts: when it was written, or let go.
    queued_at       BIGINT NOT NULL,
    -- The hold it came under, while it is held and after.
    hold_id         BIGINT,
    -- The class of its customer, which chooses the address that it is sent from; null for the usual one.
    source_class    TEXT,
    -- Who held, released or dropped it by hand, last.
    acted_by        TEXT
);
INSERT INTO outbound_new (id, purpose, subject_id, envelope_from, recipient, destination, message, state, attempts, created_at,
                          next_attempt_at, finished_at, last_reply, outcome_read_at, queued_at)
SELECT id, purpose, subject_id, envelope_from, recipient, LOWER(SUBSTR(recipient, STRPOS(recipient, '@') + 1)), message, state, attempts, created_at,
       next_attempt_at, finished_at, last_reply, outcome_read_at, created_at
FROM   outbound;
DROP TABLE outbound;
ALTER TABLE outbound_new RENAME TO outbound;
CREATE INDEX outbound_due ON outbound (next_attempt_at, destination) WHERE state = 'queued';
CREATE INDEX outbound_attempting ON outbound (next_attempt_at) WHERE state = 'attempting';
CREATE INDEX outbound_destination ON outbound (destination, state, next_attempt_at) WHERE finished_at IS NULL;
CREATE INDEX outbound_hold ON outbound (hold_id) WHERE hold_id IS NOT NULL AND finished_at IS NULL;
CREATE INDEX outbound_outcome ON outbound (id) WHERE finished_at IS NOT NULL AND outcome_read_at IS NULL;
CREATE INDEX outbound_waiting ON outbound (queued_at)
    WHERE purpose IN ('submission', 'delivery-status') AND finished_at IS NULL AND state <> 'held' AND delay_told_at IS NULL;
CREATE INDEX outbound_late ON outbound (queued_at)
    WHERE purpose IN ('submission', 'delivery-status') AND finished_at IS NULL AND state <> 'held' AND delay_told_at IS NOT NULL;
CREATE INDEX outbound_finished ON outbound (finished_at) WHERE purpose IN ('submission', 'delivery-status') AND finished_at IS NOT NULL;
CREATE INDEX outbound_submission ON outbound (submission_id) WHERE submission_id IS NOT NULL;
CREATE INDEX outbound_segment ON outbound (segment) WHERE segment IS NOT NULL AND finished_at IS NULL;

-- Customers are sent for from the addresses of their class; null for the usual ones.
ALTER TABLE customer ADD COLUMN source_class TEXT;

-- The MTA-STS policies of the domains that we send to, for as long as each says: a restart must not forget them.
CREATE TABLE sts_policy (
    domain     TEXT PRIMARY KEY,
    policy_id  TEXT NOT NULL,
    mode       TEXT NOT NULL,
    max_age    BIGINT NOT NULL,
    -- Patterns of mail hosts, one a line.
    hosts      TEXT NOT NULL,
    fetched_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sts_policy_expires ON sts_policy (expires_at);

-- How TLS went with the hosts of a domain on one day (UTC), until the report of the day is written (RFC 8460).
CREATE TABLE tls_result (
    day         TEXT NOT NULL,
    domain      TEXT NOT NULL,
    policy_type TEXT NOT NULL,
    -- The policy as the report says it, one string a line, and its mail hosts.
    policy      TEXT NOT NULL,
    hosts       TEXT NOT NULL,
    -- What was wrong, with which host, at which address, called from which; all empty where nothing was.
    finding     TEXT NOT NULL,
    host        TEXT NOT NULL,
    address     TEXT NOT NULL,
    source      TEXT NOT NULL,
    sessions    BIGINT NOT NULL,
    attempts    BIGINT NOT NULL,
    due_at      BIGINT NOT NULL,
    PRIMARY KEY (day, domain, policy_type, policy, finding, host, address, source)
);
CREATE INDEX tls_result_due ON tls_result (due_at);

-- What the user of a mailbox wants to be done with mail that looks like spam.
ALTER TABLE mailbox ADD COLUMN spam TEXT NOT NULL DEFAULT 'junk';

-- Who was put off (RFC 6647): network, sender and recipient as one keyed hash.
CREATE TABLE greylist (
    key      BYTEA PRIMARY KEY,
    first_at BIGINT NOT NULL,
    last_at  BIGINT NOT NULL
);
CREATE INDEX greylist_last ON greylist (last_at);

-- Who came again after the wait, and need not wait any more: network and sender's domain as a keyed hash.
CREATE TABLE greylist_known (
    key     BYTEA PRIMARY KEY,
    last_at BIGINT NOT NULL
);
CREATE INDEX greylist_known_last ON greylist_known (last_at);

-- What was found about mail from outside, and what became of it (C8). Kept for some days.
CREATE TABLE inbound_check (
    id             BIGINT PRIMARY KEY,
    at             BIGINT NOT NULL,
    -- As in the Received line and the log.
    reference      TEXT NOT NULL,
    client_address BYTEA NOT NULL,
    helo           TEXT NOT NULL,
    envelope_from  TEXT NOT NULL,
    recipients     BIGINT NOT NULL,
    outcome        TEXT NOT NULL,
    reason         TEXT,
    clause         TEXT,
    points         BIGINT NOT NULL,
    -- As in Authentication-Results; for what was put off or refused at RCPT, what was known by then.
    results        TEXT NOT NULL
);
CREATE INDEX inbound_check_at ON inbound_check (at);
CREATE INDEX inbound_check_client ON inbound_check (client_address, at);
