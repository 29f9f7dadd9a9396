-- Evidence and what follows from it. Media times are milliseconds of the lesson;
-- *_ms readings called "clock" are CLOCK_BOOTTIME of the boot named beside them.

-- A session in a lesson: what the acceptance of its next beats starts from.
CREATE TABLE presence (
  session           INTEGER NOT NULL REFERENCES sessions (id),
  lesson            INTEGER NOT NULL REFERENCES lessons (id),
  member            INTEGER NOT NULL REFERENCES members (id),
  boot              TEXT    NOT NULL, -- of the clocks below
  opened_ms         INTEGER NOT NULL, -- clock: first join
  last_ms           INTEGER NOT NULL, -- clock: last batch
  played_ms         INTEGER,          -- clock: last beat that played; NULL: none
  last_wall_ms      INTEGER NOT NULL, -- wall time of last_ms: bridges a boot
  accepted_total_ms INTEGER NOT NULL DEFAULT 0, -- all media accepted, repeats too
  allowance_us      INTEGER NOT NULL DEFAULT 0, -- sum of cap x elapsed
  batch_from_ms     INTEGER NOT NULL, -- clock: where the last batch's time begins
  batch_media_ms    INTEGER NOT NULL DEFAULT 0, -- media accepted in it so far
  batch_time_ms     INTEGER NOT NULL DEFAULT 0, -- and the time that this took
  batch_open        INTEGER NOT NULL DEFAULT 0, -- the next message continues it
  interval_start_ms INTEGER,          -- media: the interval row that may be extended
  interval_end_ms   INTEGER,
  interval_mode     INTEGER,
  PRIMARY KEY (session, lesson)
) STRICT, WITHOUT ROWID;

CREATE INDEX presence_by_member ON presence (member, lesson);
CREATE INDEX presence_by_play ON presence (member, played_ms);

-- What players said, as received, and what was made of it.
CREATE TABLE beats (
  session       INTEGER NOT NULL REFERENCES sessions (id),
  client        INTEGER NOT NULL, -- the page's 64 bits
  lesson        INTEGER NOT NULL REFERENCES lessons (id),
  seq           INTEGER NOT NULL,
  member        INTEGER NOT NULL REFERENCES members (id),
  ordinal       INTEGER NOT NULL, -- 1, 2, ... within (lesson, member), as decided
  from_ms       INTEGER NOT NULL,
  to_ms         INTEGER NOT NULL,
  rate_permille INTEGER NOT NULL,
  mode          INTEGER NOT NULL, -- 0 video, 1 audio, 2 room
  playing       INTEGER NOT NULL,
  visible       INTEGER NOT NULL,
  wall_ms       INTEGER NOT NULL, -- received, wall
  clock_ms      INTEGER NOT NULL, -- received, clock
  accepted_from_ms INTEGER NOT NULL, -- media accepted: [from, from + accepted)
  accepted_ms   INTEGER NOT NULL,
  elapsed_ms    INTEGER NOT NULL, -- server time its message stood for
  media_ms      INTEGER NOT NULL, -- media accepted of its message
  earned_ms     INTEGER NOT NULL,
  flags         INTEGER NOT NULL, -- AcBeatFlags
  PRIMARY KEY (session, client, lesson, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX beats_by_member ON beats (lesson, member, ordinal);

CREATE TABLE intervals (
  lesson    INTEGER NOT NULL REFERENCES lessons (id),
  member    INTEGER NOT NULL REFERENCES members (id),
  start_ms  INTEGER NOT NULL,
  session   INTEGER NOT NULL REFERENCES sessions (id),
  end_ms    INTEGER NOT NULL CHECK (end_ms > start_ms),
  earned_ms INTEGER NOT NULL,
  mode      INTEGER NOT NULL,
  flags     INTEGER NOT NULL,
  wall_ms   INTEGER NOT NULL, -- last extended
  PRIMARY KEY (lesson, member, start_ms, session)
) STRICT, WITHOUT ROWID;

CREATE TABLE attendance (
  lesson      INTEGER NOT NULL REFERENCES lessons (id),
  member      INTEGER NOT NULL REFERENCES members (id),
  beats       INTEGER NOT NULL DEFAULT 0,
  accepted_ms INTEGER NOT NULL DEFAULT 0, -- |union of intervals, creditable|
  earned_ms   INTEGER NOT NULL DEFAULT 0,
  updated_ms  INTEGER NOT NULL,
  PRIMARY KEY (lesson, member)
) STRICT, WITHOUT ROWID;

CREATE INDEX attendance_by_member ON attendance (member, lesson);
