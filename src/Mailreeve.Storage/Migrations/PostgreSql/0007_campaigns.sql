-- Mailings that were complained about: by what they are known again in what others report of them.
CREATE TABLE campaign (
    id          BIGINT PRIMARY KEY,
    customer_id BIGINT NOT NULL REFERENCES customer (id),
    print       BIGINT NOT NULL,
    first_at    BIGINT NOT NULL,
    last_at     BIGINT NOT NULL
);
CREATE INDEX campaign_customer ON campaign (customer_id, last_at);

ALTER TABLE event ADD COLUMN campaign_id BIGINT;
-- Who got the message that is complained about, as a hash; and the earliest time at which it can have been.
ALTER TABLE event ADD COLUMN complainer BYTEA;
ALTER TABLE event ADD COLUMN seen_from BIGINT;
CREATE INDEX event_campaign ON event (campaign_id) WHERE campaign_id IS NOT NULL;

-- What tells whether evidence is from after the customer's answer, and whether a closed case is opened again. Cases that were closed
-- before stay closed.
ALTER TABLE abuse_case ADD COLUMN answered_at BIGINT;
ALTER TABLE abuse_case ADD COLUMN closed_at BIGINT;
ALTER TABLE abuse_case ADD COLUMN reopenings BIGINT NOT NULL DEFAULT 0;
UPDATE abuse_case
SET    answered_at = (SELECT MAX(at) FROM response WHERE response.case_id = abuse_case.id)
WHERE  phase <> 'closed';
CREATE INDEX abuse_case_closed ON abuse_case (customer_id, closed_at) WHERE closed_at IS NOT NULL;
