-- What somebody asked for by a key, and what was made: asked for again by the same key,
-- it is not made twice. See server/store/once.h.
CREATE TABLE asked_once (
  id      INTEGER PRIMARY KEY,
  member  INTEGER NOT NULL REFERENCES members (id),
  key     TEXT    NOT NULL,
  digest  BLOB    NOT NULL, -- of what was asked: something else with the key is refused
  made    INTEGER NOT NULL, -- the number of what was made
  wall_ms INTEGER NOT NULL,
  UNIQUE (member, key)
) STRICT;

CREATE INDEX asked_once_by_time ON asked_once (wall_ms);
