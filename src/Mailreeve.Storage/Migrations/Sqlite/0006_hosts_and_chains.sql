-- Hosts that reports name: the hand-over "look this up", and what the DNS said, with times, so that it can be told where a name led then.
CREATE TABLE host_lookup (
    host        TEXT PRIMARY KEY,
    -- wanted, answered or failed.
    state       TEXT NOT NULL,
    wanted_at   BIGINT NOT NULL,
    -- The last answer, if there ever was one; that there is no such name is an answer.
    answered_at BIGINT
);
CREATE INDEX host_lookup_wanted ON host_lookup (wanted_at) WHERE state = 'wanted';

-- An address that the host had in every answer between the two times.
CREATE TABLE host_address (
    host     TEXT NOT NULL REFERENCES host_lookup (host),
    address  BLOB NOT NULL,
    first_at BIGINT NOT NULL,
    last_at  BIGINT NOT NULL,
    PRIMARY KEY (host, address, first_at)
);

-- Until when a report waits for such answers, at most; and when it began to, which it does once.
ALTER TABLE report ADD COLUMN hosts_wanted_at BIGINT;
ALTER TABLE report ADD COLUMN waits_until BIGINT;
CREATE INDEX report_waits ON report (waits_until) WHERE waits_until IS NOT NULL;

-- Who was above the customer then: chains change, and who answers for an old complaint must not.
ALTER TABLE event ADD COLUMN chain TEXT NOT NULL DEFAULT '';
