-- What a key is for. One that a sensor has must not tell whose an address is.
ALTER TABLE api_key ADD COLUMN purpose TEXT NOT NULL DEFAULT 'who';

-- A hash of what a sensor said over the API: what it says again is there already.
ALTER TABLE detection ADD COLUMN print TEXT;
CREATE UNIQUE INDEX detection_print ON detection (print) WHERE print IS NOT NULL;

-- What the clock has shown so far, one row: by a clock that is suddenly far ahead nothing is deleted.
CREATE TABLE clock_reading (
    id         BIGINT PRIMARY KEY,
    -- The latest time that is trusted.
    trusted_at BIGINT NOT NULL,
    -- What it showed when it was first found far ahead of that, and the latest since; null while it is trusted.
    leapt_at   BIGINT,
    seen_at    BIGINT
);
INSERT INTO clock_reading (id, trusted_at)
SELECT 1, newest
FROM   (SELECT MAX(known) AS newest
        FROM   (SELECT MAX(saved_at) AS known FROM message
                UNION ALL
                SELECT (SELECT received_at FROM report ORDER BY id DESC LIMIT 1) AS known
                UNION ALL
                SELECT (SELECT recorded_at FROM address_session ORDER BY id DESC LIMIT 1) AS known) AS each_kind) AS all_kinds
WHERE  newest IS NOT NULL;
