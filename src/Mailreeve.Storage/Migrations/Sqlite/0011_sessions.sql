-- By what the access network knows a service: a login name, a hardware address, a circuit id.
ALTER TABLE service ADD COLUMN login TEXT;
CREATE UNIQUE INDEX service_login ON service (login) WHERE login IS NOT NULL AND state <> 'ended';

-- "Who had this address, as we knew it then" asks for the rows of an address, those that are not believed any more among them.
CREATE INDEX assignment_address ON assignment (first_address) WHERE first_address IS NOT NULL;

-- Who had an address, or ports of one, for a while: RADIUS accounting, DHCP leases, logged port blocks.
CREATE TABLE address_session (
    id              BIGINT PRIMARY KEY,
    -- radius, dhcp or nat.
    source          TEXT NOT NULL,
    nas             TEXT NOT NULL,
    session         TEXT NOT NULL,
    login           TEXT,
    station         TEXT,
    -- Whose login that was when the row was written.
    customer_id     BIGINT REFERENCES customer (id),
    service_id      BIGINT REFERENCES service (id),
    first_address   BLOB NOT NULL,
    prefix_length   BIGINT NOT NULL,
    -- 0 to 65535 when it has all of them.
    first_port      BIGINT NOT NULL,
    last_port       BIGINT NOT NULL,
    started_at      BIGINT NOT NULL,
    seen_at         BIGINT NOT NULL,
    -- When something must have been heard of it.
    expected_by     BIGINT,
    ended_at        BIGINT,
    end_reason      TEXT,
    recorded_at     BIGINT NOT NULL,
    end_recorded_at BIGINT,
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
-- A message that comes twice makes one row, whoever takes it in. Ids of a source come again after it was started anew.
CREATE UNIQUE INDEX address_session_key ON address_session (nas, session, first_address, prefix_length, first_port, started_at, source);
-- What was of an address at a time: most questions are about the last days, so the end tells most rows apart. Open ones end last.
CREATE INDEX address_session_address ON address_session (first_address, COALESCE(ended_at, 9223372036854775807));
CREATE INDEX address_session_open ON address_session (nas) WHERE ended_at IS NULL;
CREATE INDEX address_session_expected ON address_session (expected_by) WHERE ended_at IS NULL AND expected_by IS NOT NULL;

-- The session that names the customer of an observation.
ALTER TABLE event ADD COLUMN session_id BIGINT;
