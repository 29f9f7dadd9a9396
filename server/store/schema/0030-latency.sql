-- How far behind the live edge lessons are watched: how many reports of a minute told each
-- latency, to two digits, so that medians can be had of any minutes.
CREATE TABLE latency (
  lesson     INTEGER NOT NULL REFERENCES lessons (id),
  minute     INTEGER NOT NULL, -- wall, since 1970
  delivery   TEXT    NOT NULL,
  latency_ms INTEGER NOT NULL,
  reports    INTEGER NOT NULL,
  PRIMARY KEY (lesson, minute, delivery, latency_ms)
) STRICT, WITHOUT ROWID;

CREATE INDEX latency_by_minute ON latency (minute);
