-- When cases heard where the domain stands; null while they are to hear of it. What was known before this version they are told now.
ALTER TABLE postmaster ADD COLUMN case_told_at BIGINT;
CREATE INDEX postmaster_case_told ON postmaster (case_told_at);
CREATE INDEX abuse_case_open_resource ON abuse_case (resource) WHERE phase <> 'closed';

-- Hand-over: somebody, or some program (mark), answered a mail to postmaster@ at the address with its code. Neither code nor text is kept.
CREATE TABLE postmaster_reply (
    id          BIGINT PRIMARY KEY,
    received_at BIGINT NOT NULL,
    code_hash   BYTEA NOT NULL,
    mark        TEXT,
    by_program  BIGINT NOT NULL,
    state       TEXT NOT NULL
);
CREATE UNIQUE INDEX postmaster_reply_once ON postmaster_reply (code_hash, by_program);
CREATE INDEX postmaster_reply_waiting ON postmaster_reply (id) WHERE state = 'waiting';
