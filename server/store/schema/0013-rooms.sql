-- Rooms: branch screens, what they showed, and who was signed in before them. Media times
-- are milliseconds of the lesson; *_wall_ms are wall clock. See server/rooms.

CREATE TABLE screens (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  site         INTEGER NOT NULL REFERENCES sites (id),
  name         TEXT    NOT NULL,
  token_hash   BLOB    NOT NULL UNIQUE, -- BLAKE2b-256 of the cookie
  paired_ms    INTEGER NOT NULL,
  paired_by    INTEGER REFERENCES members (id), -- NULL: the operator
  last_seen_ms INTEGER NOT NULL,                -- to the hour
  revoked_ms   INTEGER
) STRICT;

CREATE INDEX screens_by_site ON screens (site);

-- As presence, of a screen: what the acceptance of its next beats starts from.
CREATE TABLE screen_presence (
  screen            INTEGER NOT NULL REFERENCES screens (id),
  lesson            INTEGER NOT NULL REFERENCES lessons (id),
  boot              TEXT    NOT NULL,
  opened_ms         INTEGER NOT NULL,
  last_ms           INTEGER NOT NULL,
  played_ms         INTEGER,
  last_wall_ms      INTEGER NOT NULL,
  accepted_total_ms INTEGER NOT NULL DEFAULT 0,
  allowance_us      INTEGER NOT NULL DEFAULT 0,
  batch_from_ms     INTEGER NOT NULL,
  batch_media_ms    INTEGER NOT NULL DEFAULT 0,
  batch_time_ms     INTEGER NOT NULL DEFAULT 0,
  batch_open        INTEGER NOT NULL DEFAULT 0,
  interval_start_ms INTEGER,
  interval_end_ms   INTEGER,
  interval_mode     INTEGER,
  media_ms          INTEGER NOT NULL DEFAULT 0, -- media: where the screen is
  used_ms           INTEGER NOT NULL DEFAULT 0, -- of its time, for what was new
  PRIMARY KEY (screen, lesson)
) STRICT, WITHOUT ROWID;

-- As beats, of a screen: what room_intervals are computed from.
CREATE TABLE screen_beats (
  screen        INTEGER NOT NULL REFERENCES screens (id),
  client        INTEGER NOT NULL,
  lesson        INTEGER NOT NULL REFERENCES lessons (id),
  seq           INTEGER NOT NULL,
  site          INTEGER NOT NULL REFERENCES sites (id),
  ordinal       INTEGER NOT NULL, -- 1, 2, ... within (lesson, site), as decided
  from_ms       INTEGER NOT NULL,
  to_ms         INTEGER NOT NULL,
  rate_permille INTEGER NOT NULL,
  playing       INTEGER NOT NULL,
  wall_ms       INTEGER NOT NULL,
  clock_ms      INTEGER NOT NULL,
  accepted_from_ms INTEGER NOT NULL,
  accepted_ms   INTEGER NOT NULL,
  elapsed_ms    INTEGER NOT NULL,
  free_ms       INTEGER NOT NULL,
  media_ms      INTEGER NOT NULL,
  earned_ms     INTEGER NOT NULL, -- the time that what was new of it took
  flags         INTEGER NOT NULL, -- AcBeatFlags
  late          INTEGER NOT NULL, -- it came from the queue of a screen without a line
  PRIMARY KEY (screen, client, lesson, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX screen_beats_by_site ON screen_beats (lesson, site, ordinal);

-- R: what the room was shown, each piece of media once.
CREATE TABLE room_intervals (
  lesson    INTEGER NOT NULL REFERENCES lessons (id),
  site      INTEGER NOT NULL REFERENCES sites (id),
  start_ms  INTEGER NOT NULL,
  end_ms    INTEGER NOT NULL CHECK (end_ms > start_ms),
  earned_ms INTEGER NOT NULL, -- the time it took: less than its length when played faster
  late      INTEGER NOT NULL,
  wall_ms   INTEGER NOT NULL, -- last extended
  PRIMARY KEY (lesson, site, start_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE room_stays (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  lesson      INTEGER NOT NULL REFERENCES lessons (id),
  site        INTEGER NOT NULL REFERENCES sites (id),
  member      INTEGER NOT NULL REFERENCES members (id),
  way         TEXT    NOT NULL CHECK (way IN ('roster', 'card', 'phone')),
  in_ms       INTEGER NOT NULL,                -- media
  out_ms      INTEGER,                         -- media; NULL: still there
  in_wall_ms  INTEGER NOT NULL,
  out_wall_ms INTEGER,
  steward     INTEGER REFERENCES members (id), -- NULL: signed in by their own phone
  late        INTEGER NOT NULL DEFAULT 0,      -- from a log that was kept without a line
  approved_by INTEGER REFERENCES members (id),
  approved_ms INTEGER
) STRICT;

CREATE INDEX room_stays_by_room ON room_stays (lesson, site, member);
CREATE INDEX room_stays_by_member ON room_stays (member, lesson);
CREATE UNIQUE INDEX room_stays_open ON room_stays (lesson, site, member)
  WHERE out_ms IS NULL AND late = 0;

CREATE TABLE room_guests (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  lesson     INTEGER NOT NULL REFERENCES lessons (id),
  site       INTEGER NOT NULL REFERENCES sites (id),
  name       TEXT    NOT NULL,
  in_wall_ms INTEGER NOT NULL,
  steward    INTEGER NOT NULL REFERENCES members (id),
  late       INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX room_guests_by_room ON room_guests (lesson, site);

CREATE TABLE head_counts (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  lesson    INTEGER NOT NULL REFERENCES lessons (id),
  site      INTEGER NOT NULL REFERENCES sites (id),
  moment    TEXT    NOT NULL CHECK (moment IN ('start', 'middle', 'end')),
  heads     INTEGER NOT NULL,
  signed_in INTEGER NOT NULL, -- then, with guests: another number is flagged, not refused
  wall_ms   INTEGER NOT NULL,
  steward   INTEGER NOT NULL REFERENCES members (id),
  late      INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX head_counts_by_room ON head_counts (lesson, site);

-- A steward's log that was kept without a line: a chain of hashes a device.
CREATE TABLE room_logs (
  site        INTEGER NOT NULL REFERENCES sites (id),
  device      TEXT    NOT NULL, -- 16 hexadecimal digits
  seq         INTEGER NOT NULL, -- 1, 2, 3 ... without a hole
  lesson      INTEGER NOT NULL REFERENCES lessons (id),
  prev_hash   BLOB    NOT NULL,
  hash        BLOB    NOT NULL,
  entry       TEXT    NOT NULL,    -- as the device wrote it
  at_ms       INTEGER NOT NULL,    -- wall: when it was, by the server's clock
  media_ms    INTEGER NOT NULL,    -- and in the lesson
  sender      INTEGER NOT NULL REFERENCES members (id),
  received_ms INTEGER NOT NULL,
  state       TEXT    NOT NULL CHECK (state IN ('waiting', 'approved', 'rejected')),
  decided_by  INTEGER REFERENCES members (id),
  decided_ms  INTEGER,
  PRIMARY KEY (site, device, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX room_logs_waiting ON room_logs (site, lesson) WHERE state = 'waiting';

CREATE TRIGGER room_logs_remain BEFORE DELETE ON room_logs BEGIN
  SELECT raise (ABORT, 'a log that was sent is not deleted');
END;
CREATE TRIGGER room_logs_two BEFORE UPDATE ON room_logs
  WHEN NEW.state = 'approved' AND NEW.decided_by IS OLD.sender BEGIN
  SELECT raise (ABORT, 'a log is approved by a second person');
END;

-- Acts of a room that were done, by the key that came with each.
CREATE TABLE room_acts (
  lesson  INTEGER NOT NULL REFERENCES lessons (id),
  site    INTEGER NOT NULL REFERENCES sites (id),
  key     TEXT    NOT NULL,
  digest  BLOB    NOT NULL, -- of what was asked: another act with the key is refused
  result  TEXT    NOT NULL, -- JSON
  wall_ms INTEGER NOT NULL,
  PRIMARY KEY (lesson, site, key)
) STRICT, WITHOUT ROWID;

-- Printed codes. A new one makes the last one worthless.
CREATE TABLE member_cards (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  member     INTEGER NOT NULL REFERENCES members (id),
  hash       BLOB    NOT NULL UNIQUE, -- BLAKE2b-256 of the code
  made_ms    INTEGER NOT NULL,
  revoked_ms INTEGER
) STRICT;

CREATE UNIQUE INDEX member_cards_good ON member_cards (member) WHERE revoked_ms IS NULL;

-- A member in the rooms of a lesson. Like attendance.settled_beats: changed moves on when
-- a stay or what a room was shown changes, settled says up to where the ledger has it.
CREATE TABLE room_attendance (
  lesson     INTEGER NOT NULL REFERENCES lessons (id),
  member     INTEGER NOT NULL REFERENCES members (id),
  changed    INTEGER NOT NULL,
  settled    INTEGER NOT NULL DEFAULT 0,
  updated_ms INTEGER NOT NULL, -- wall
  PRIMARY KEY (lesson, member)
) STRICT, WITHOUT ROWID;

CREATE INDEX room_attendance_unsettled ON room_attendance (lesson, member)
  WHERE changed > settled;
