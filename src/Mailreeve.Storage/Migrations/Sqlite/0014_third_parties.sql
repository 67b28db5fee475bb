-- The list of others that a block comes from (C8): the name of a subscription, or 'own'. NULL: a case or a person placed it.
ALTER TABLE block ADD COLUMN list TEXT;
CREATE INDEX block_list ON block (list) WHERE state = 'in-force' AND list IS NOT NULL;

-- How each subscription fares.
CREATE TABLE third_party_list (
    name       TEXT PRIMARY KEY,
    source     TEXT NOT NULL,
    tried_at   BIGINT NOT NULL,
    taken_at   BIGINT,
    entries    BIGINT NOT NULL,
    left_out   BIGINT NOT NULL,
    tag        TEXT,
    changed_at TEXT,
    problem    TEXT
);
