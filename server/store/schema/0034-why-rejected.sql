-- Who asked for an entry by hand is told why it was rejected.
ALTER TABLE corrections ADD COLUMN answer TEXT NOT NULL DEFAULT '';
