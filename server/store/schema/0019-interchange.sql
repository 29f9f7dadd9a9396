-- What other systems are told.

-- How far each of them has been told of the ledger.
CREATE TABLE feeds (
  name  TEXT    PRIMARY KEY, -- 'xapi', 'webhooks'
  entry INTEGER NOT NULL     -- of the ledger: all up to it
) STRICT, WITHOUT ROWID;

-- xAPI statements that a learning record store would not take, for people to look at.
CREATE TABLE refused_statements (
  id        TEXT    PRIMARY KEY,
  entry     INTEGER NOT NULL,
  statement TEXT    NOT NULL,
  why       TEXT    NOT NULL,
  wall_ms   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who is told what happens. The secret follows from uid and a key outside the database.
CREATE TABLE webhooks (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  uid          TEXT    NOT NULL UNIQUE,
  url          TEXT    NOT NULL,
  types        TEXT    NOT NULL,           -- "lesson.live record.entered"; '': all
  created_ms   INTEGER NOT NULL,
  event        INTEGER NOT NULL,           -- told of all events up to it
  tries        INTEGER NOT NULL DEFAULT 0, -- of the next one
  next_ms      INTEGER NOT NULL DEFAULT 0, -- wall clock: not before
  failing_ms   INTEGER,                    -- wall clock: since then
  last_error   TEXT,
  stopped_ms   INTEGER                     -- it is not told any more
) STRICT;

-- What happened, in order; kept until everyone was told. No names: members and lessons
-- by their numbers here.
CREATE TABLE webhook_events (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  uid     TEXT    NOT NULL DEFAULT (lower (hex (randomblob (16)))),
  type    TEXT    NOT NULL,
  lesson  INTEGER REFERENCES lessons (id), -- NULL: of none
  data    TEXT,                            -- JSON; NULL: to be written, from the lesson
  wall_ms INTEGER NOT NULL
          DEFAULT (CAST ((julianday ('now') - 2440587.5) * 86400000 AS INTEGER))
) STRICT;

CREATE INDEX webhook_events_bare ON webhook_events (id) WHERE data IS NULL;

-- Written with the change itself: an event is there exactly when its change is.
CREATE TRIGGER lessons_are_told_new AFTER INSERT ON lessons
  WHEN EXISTS (SELECT 1 FROM webhooks) BEGIN
  INSERT INTO webhook_events (type, lesson) VALUES ('lesson.' || NEW.state, NEW.id);
END;
CREATE TRIGGER lessons_are_told_state AFTER UPDATE OF state ON lessons
  WHEN NEW.state != OLD.state AND EXISTS (SELECT 1 FROM webhooks) BEGIN
  INSERT INTO webhook_events (type, lesson) VALUES ('lesson.' || NEW.state, NEW.id);
END;
