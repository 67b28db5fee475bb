-- The Message-ID of the report that is answered, for In-Reply-To; NULL when it has none.
ALTER TABLE answer ADD COLUMN message_id TEXT;
