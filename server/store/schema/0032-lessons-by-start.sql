-- The lessons of a day, and of the last month, are found without a look at all others.
CREATE INDEX lessons_by_start ON lessons (started_ms) WHERE started_ms IS NOT NULL;
