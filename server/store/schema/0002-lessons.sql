CREATE TABLE lessons (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  title      TEXT    NOT NULL,
  key_hash   BLOB    NOT NULL UNIQUE, -- BLAKE2b-256 of the stream key
  state      TEXT    NOT NULL CHECK (state IN ('planned', 'live', 'ended')),
  created_ms INTEGER NOT NULL,
  started_ms INTEGER,                      -- NULL: not yet
  ended_ms   INTEGER,                      -- NULL: not yet
  length_ms  INTEGER NOT NULL DEFAULT 0,   -- media time
  creditable TEXT    NOT NULL DEFAULT ''   -- media time that counts: "0-2400000,3000000-5400000"
) STRICT;
