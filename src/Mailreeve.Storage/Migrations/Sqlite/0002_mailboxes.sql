-- Mailboxes (C9). Messages lie in segments on disk; a row says whose a message is and where it lies.

-- Domains whose mail is kept here, besides the provider's own: those of customers.
CREATE TABLE mail_domain (
    name          TEXT PRIMARY KEY,
    customer_id   BIGINT NOT NULL REFERENCES customer (id),
    catch_all_id  BIGINT,
    created_at    BIGINT NOT NULL
);

CREATE TABLE mailbox (
    id                  BIGINT PRIMARY KEY,
    customer_id         BIGINT NOT NULL REFERENCES customer (id),
    address             TEXT NOT NULL UNIQUE,
    state               TEXT NOT NULL,
    password_hash       TEXT,
    -- Counts changes of the passwords, so that what was verified before a change is not taken for verified after it.
    credentials_version BIGINT NOT NULL,
    extra_steps         BIGINT NOT NULL,
    -- First month whose extra storage has not been looked at yet (2026-03); null when there is none to charge.
    charge_from         TEXT,
    uid_validity        BIGINT NOT NULL,
    created_at          BIGINT NOT NULL,
    last_used_at        BIGINT NOT NULL,
    idle_warnings       BIGINT NOT NULL,
    idle_warned_at      BIGINT,
    fill_warned         BIGINT NOT NULL,
    state_since         BIGINT NOT NULL
);
CREATE INDEX mailbox_customer ON mailbox (customer_id);
CREATE INDEX mailbox_last_used ON mailbox (last_used_at) WHERE state = 'active';
CREATE INDEX mailbox_charge_from ON mailbox (charge_from) WHERE charge_from IS NOT NULL;

-- Every address that leads to a mailbox, its own among them: so no two mailboxes can have the same one.
CREATE TABLE mailbox_address (
    address    TEXT PRIMARY KEY,
    mailbox_id BIGINT NOT NULL REFERENCES mailbox (id)
);
CREATE INDEX mailbox_address_mailbox ON mailbox_address (mailbox_id);

-- A password for one program on one device; it can be taken away without changing the mailbox's own.
CREATE TABLE app_password (
    id         BIGINT PRIMARY KEY,
    mailbox_id BIGINT NOT NULL REFERENCES mailbox (id),
    name       TEXT NOT NULL,
    hash       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX app_password_mailbox ON app_password (mailbox_id) WHERE revoked_at IS NULL;

CREATE TABLE folder (
    id              BIGINT PRIMARY KEY,
    mailbox_id      BIGINT NOT NULL REFERENCES mailbox (id),
    name            TEXT NOT NULL,
    special_use     TEXT,
    subscribed      BIGINT NOT NULL,
    uid_validity    BIGINT NOT NULL,
    uid_next        BIGINT NOT NULL,
    highest_mod_seq BIGINT NOT NULL,
    UNIQUE (mailbox_id, name)
);

CREATE TABLE message (
    folder_id     BIGINT NOT NULL,
    uid           BIGINT NOT NULL,
    segment       BIGINT NOT NULL,
    position      BIGINT NOT NULL,
    length        BIGINT NOT NULL,
    saved_at      BIGINT NOT NULL,
    internal_date BIGINT NOT NULL,
    flags         BIGINT NOT NULL,
    keywords      TEXT NOT NULL,
    mod_seq       BIGINT NOT NULL,
    summary       BLOB,
    PRIMARY KEY (folder_id, uid)
);
CREATE INDEX message_saved ON message (saved_at);

-- The point of the journal up to which the records have rows; written in the transaction that writes the rows.
CREATE TABLE journal_position (
    name     TEXT PRIMARY KEY,
    segment  BIGINT NOT NULL,
    position BIGINT NOT NULL
);

-- Who had how many steps of extra storage (C9), and from when: what the charge of a month is reckoned from.
CREATE TABLE storage_step (
    id         BIGINT PRIMARY KEY,
    mailbox_id BIGINT NOT NULL REFERENCES mailbox (id),
    since      BIGINT NOT NULL,
    steps      BIGINT NOT NULL,
    changed_by TEXT NOT NULL
);
CREATE INDEX storage_step_mailbox ON storage_step (mailbox_id, id);

-- Storage beyond what every mailbox has (C9): one row for each mailbox and month.
CREATE TABLE storage_charge (
    mailbox_id      BIGINT NOT NULL REFERENCES mailbox (id),
    month           TEXT NOT NULL,
    customer_id     BIGINT NOT NULL REFERENCES customer (id),
    steps           BIGINT NOT NULL,
    amount_cents    BIGINT NOT NULL,
    currency        TEXT NOT NULL,
    clause          TEXT NOT NULL,
    policy_revision TEXT NOT NULL,
    charged_at      BIGINT NOT NULL,
    PRIMARY KEY (mailbox_id, month)
);
CREATE INDEX storage_charge_customer ON storage_charge (customer_id);
