-- Who sent a report, as far as that is proved. NULL: it is not.
ALTER TABLE report ADD COLUMN proof TEXT;
ALTER TABLE report ADD COLUMN proved_domain TEXT;
ALTER TABLE report ADD COLUMN proved_organisation TEXT;

-- Domains of reporters that were proved: how their complaints were decided, and what operators think of them. Number 0 is none of them.
CREATE TABLE reporter_organisation (
    id              BIGINT PRIMARY KEY,
    domain          TEXT NOT NULL UNIQUE,
    first_seen_at   BIGINT NOT NULL,
    reports         BIGINT NOT NULL,
    valid           BIGINT NOT NULL,
    invalid         BIGINT NOT NULL,
    disputed        BIGINT NOT NULL,
    standing        TEXT NOT NULL,
    standing_by     TEXT,
    standing_reason TEXT
);

ALTER TABLE reporter ADD COLUMN organisation_id BIGINT REFERENCES reporter_organisation (id);
ALTER TABLE reporter ADD COLUMN valid BIGINT NOT NULL DEFAULT 0;
ALTER TABLE reporter ADD COLUMN invalid BIGINT NOT NULL DEFAULT 0;
ALTER TABLE reporter ADD COLUMN disputed BIGINT NOT NULL DEFAULT 0;

-- How far the complaints of a case are trusted. Cases from before this was asked go on as they were, but nothing is blocked for them
-- without a person.
ALTER TABLE abuse_case ADD COLUMN trust TEXT NOT NULL DEFAULT 'notice';
ALTER TABLE abuse_case ADD COLUMN witnesses TEXT NOT NULL DEFAULT '';
ALTER TABLE abuse_case ADD COLUMN confirmed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE abuse_case ADD COLUMN unvouched BIGINT NOT NULL DEFAULT 0;
ALTER TABLE abuse_case ADD COLUMN told BIGINT NOT NULL DEFAULT 1;
CREATE INDEX abuse_case_doubtful ON abuse_case (id) WHERE told = 0;

-- Whether the complaint is valid (C3), as it was judged when the charge was proposed.
ALTER TABLE charge ADD COLUMN validity TEXT;
ALTER TABLE charge ADD COLUMN validity_detail TEXT;
ALTER TABLE charge ADD COLUMN confirmed_by_records BIGINT NOT NULL DEFAULT 0;

-- Clicks in feedback loops, and their opposite. One for each message and reporter.
CREATE TABLE feedback (
    customer_id     BIGINT NOT NULL REFERENCES customer (id),
    resource        TEXT NOT NULL,
    organisation_id BIGINT NOT NULL REFERENCES reporter_organisation (id),
    fingerprint     BLOB NOT NULL,
    is_spam         BIGINT NOT NULL,
    at              BIGINT NOT NULL,
    report_id       BIGINT NOT NULL REFERENCES report (id),
    PRIMARY KEY (customer_id, resource, organisation_id, fingerprint, is_spam)
);
CREATE INDEX feedback_time ON feedback (customer_id, at);

-- Keys by which programs of reporters sign their reports in to the API. The key itself is nowhere: this is its digest.
CREATE TABLE reporter_key (
    id         BIGINT PRIMARY KEY,
    digest     BLOB NOT NULL UNIQUE,
    domain     TEXT NOT NULL,
    made_at    BIGINT NOT NULL,
    made_by    TEXT NOT NULL,
    revoked_at BIGINT
);
