-- Hosts that no report has named for long are forgotten.
CREATE INDEX host_lookup_known ON host_lookup (wanted_at) WHERE state <> 'wanted';

-- Nothing ever moved these: a customer who contradicts a complaint is heard before it is decided, and then it is valid or not.
ALTER TABLE reporter DROP COLUMN disputed;
ALTER TABLE reporter_organisation DROP COLUMN disputed;
