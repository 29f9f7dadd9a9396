-- How well lessons are watched, as players tell: sums of a minute, by what was watched,
-- over what and on what kind of device. No row tells of a person.
CREATE TABLE quality (
  lesson       INTEGER NOT NULL REFERENCES lessons (id),
  minute       INTEGER NOT NULL, -- wall, since 1970
  rendition    TEXT    NOT NULL,
  delivery     TEXT    NOT NULL,
  device       TEXT    NOT NULL,
  reports      INTEGER NOT NULL,
  starts       INTEGER NOT NULL, -- of them, with a start
  start_ms     INTEGER NOT NULL, -- from asking to the first picture: sum
  start_max_ms INTEGER NOT NULL,
  stalls       INTEGER NOT NULL,
  stall_ms     INTEGER NOT NULL,
  switches     INTEGER NOT NULL,
  errors       INTEGER NOT NULL,
  played_ms    INTEGER NOT NULL,
  PRIMARY KEY (lesson, minute, rendition, delivery, device)
) STRICT, WITHOUT ROWID;

CREATE INDEX quality_by_minute ON quality (minute);
