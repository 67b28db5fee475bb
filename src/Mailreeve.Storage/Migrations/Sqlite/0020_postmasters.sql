-- Whether postmaster@ of each mail domain of those who run a mail server takes mail, and whether a person reads it (C7).
CREATE TABLE postmaster (
    domain        TEXT PRIMARY KEY,
    customer_id   BIGINT NOT NULL REFERENCES customer (id),
    state         TEXT NOT NULL,
    next_at       BIGINT NOT NULL,
    put_off_since BIGINT,
    due_at        BIGINT,
    mails         BIGINT NOT NULL,
    cycle         BIGINT NOT NULL,
    code_hash     BLOB,
    checked_at    BIGINT,
    answered_at   BIGINT,
    detail        TEXT NOT NULL,
    transcript    TEXT NOT NULL
);
CREATE INDEX postmaster_due ON postmaster (next_at);
CREATE UNIQUE INDEX postmaster_code ON postmaster (code_hash) WHERE code_hash IS NOT NULL;
