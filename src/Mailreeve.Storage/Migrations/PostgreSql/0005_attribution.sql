-- What names the customer behind an observation: the words of AttributionBasis. Those of before say what their verdict said.
ALTER TABLE event ADD COLUMN basis TEXT NOT NULL DEFAULT 'none';
ALTER TABLE event ADD COLUMN submission_id BIGINT;
UPDATE event
SET    basis = CASE WHEN verdict = 'traced' THEN 'traced' WHEN address IS NOT NULL THEN 'address' ELSE 'url' END
WHERE  customer_id IS NOT NULL;
