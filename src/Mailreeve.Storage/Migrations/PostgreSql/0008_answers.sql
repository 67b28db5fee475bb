-- What reporters are told by mail. A row is owed until the mail that tells it is handed over for sending.
CREATE TABLE answer (
    id          BIGINT PRIMARY KEY,
    recipient   TEXT NOT NULL,
    report_id   BIGINT NOT NULL REFERENCES report (id),
    kind        TEXT NOT NULL,
    case_id     BIGINT REFERENCES abuse_case (id),
    resource    TEXT NOT NULL,
    address     BYTEA,
    wanted      TEXT NOT NULL,
    due_at      BIGINT NOT NULL,
    outbound_id BIGINT,
    written_at  BIGINT
);
CREATE UNIQUE INDEX answer_report ON answer (report_id, kind) WHERE kind <> 'outcome';
CREATE UNIQUE INDEX answer_outcome ON answer (case_id, recipient) WHERE kind = 'outcome';
CREATE INDEX answer_owed ON answer (due_at) WHERE outbound_id IS NULL;
CREATE INDEX answer_recipient ON answer (recipient, written_at);

-- A mail that answers ours about another report; and who wants to hear how it ended.
ALTER TABLE report ADD COLUMN answer_to BIGINT;
ALTER TABLE report ADD COLUMN outcome_wanted_at BIGINT;

-- The code that shows a report's state is made from its number and a secret of the installation, so nothing that opens anything is kept here.
ALTER TABLE report DROP COLUMN token;
ALTER TABLE reporter DROP COLUMN last_answered_at;

-- What the registries of addresses answered (RDAP), so that they are asked once.
CREATE TABLE registry_network (
    first_address BYTEA NOT NULL,
    last_address  BYTEA NOT NULL,
    holder        TEXT,
    abuse_mailbox TEXT,
    asked_at      BIGINT NOT NULL,
    PRIMARY KEY (first_address, last_address)
);
CREATE TABLE registry_bootstrap (
    name     TEXT PRIMARY KEY,
    document BYTEA NOT NULL,
    asked_at BIGINT NOT NULL
);
