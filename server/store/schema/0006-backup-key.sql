-- A second key, for an encoder that stands by. NULL: a lesson from before there were any.
ALTER TABLE lessons ADD COLUMN backup_hash BLOB; -- BLAKE2b-256 of it
CREATE UNIQUE INDEX lessons_by_backup ON lessons (backup_hash);
