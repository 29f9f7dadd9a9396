-- The timetable: courses, whom a lesson is for, who is expected, what is told to whom.

CREATE TABLE courses (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  kind        TEXT    NOT NULL
              CHECK (kind IN ('party', 'policy', 'skills', 'enterprise', 'branch-life')),
  title       TEXT    NOT NULL,
  description TEXT    NOT NULL DEFAULT '',
  branch      INTEGER REFERENCES branches (id), -- whose staff keep it; NULL: the county's
  archived_ms INTEGER,                          -- NULL: lessons may be added
  created_ms  INTEGER NOT NULL,
  actor       INTEGER REFERENCES members (id)   -- NULL: the operator
) STRICT;

CREATE INDEX courses_by_branch ON courses (branch);

-- What lessons were planned by in one go. Each of them is a lesson of its own.
CREATE TABLE series (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  rule       TEXT    NOT NULL, -- RRULE of RFC 5545, in the server's time zone
  created_ms INTEGER NOT NULL,
  actor      INTEGER REFERENCES members (id)
) STRICT;

-- The state again, with those that are new.
DROP INDEX lessons_by_hour;
ALTER TABLE lessons RENAME COLUMN state TO state_before;
ALTER TABLE lessons ADD COLUMN state TEXT NOT NULL DEFAULT 'planned'
  CHECK (state IN ('planned', 'open', 'live', 'ended', 'cancelled'));
UPDATE lessons SET state = state_before;
ALTER TABLE lessons DROP COLUMN state_before;

ALTER TABLE lessons ADD COLUMN branch INTEGER REFERENCES branches (id); -- whose staff
                                                  -- keep it; NULL: the whole county's
ALTER TABLE lessons ADD COLUMN course INTEGER REFERENCES courses (id);
ALTER TABLE lessons ADD COLUMN series INTEGER REFERENCES series (id);
ALTER TABLE lessons ADD COLUMN planned_length_ms INTEGER;
ALTER TABLE lessons ADD COLUMN target_kinds TEXT NOT NULL DEFAULT ''; -- '': all kinds;
                                                          -- else 'member,probationary'
ALTER TABLE lessons ADD COLUMN opened_ms INTEGER; -- its room opened, or it began without:
                                                  -- who is expected is settled then
ALTER TABLE lessons ADD COLUMN reminded_ms INTEGER; -- whom to remind is settled then
ALTER TABLE lessons ADD COLUMN cancelled_ms INTEGER;
ALTER TABLE lessons ADD COLUMN cancel_reason TEXT;
ALTER TABLE lessons ADD COLUMN revision INTEGER NOT NULL DEFAULT 0; -- SEQUENCE of RFC 5545
ALTER TABLE lessons ADD COLUMN changed_ms INTEGER; -- NULL: never since it was made

UPDATE lessons SET opened_ms = started_ms WHERE started_ms IS NOT NULL;

CREATE INDEX lessons_by_hour ON lessons (planned_ms) WHERE planned_ms IS NOT NULL;
CREATE INDEX lessons_by_state ON lessons (state, planned_ms);
CREATE INDEX lessons_by_course ON lessons (course) WHERE course IS NOT NULL;
CREATE INDEX lessons_by_series ON lessons (series) WHERE series IS NOT NULL;
CREATE INDEX lessons_by_branch ON lessons (branch);

CREATE TABLE lesson_lecturers (
  lesson INTEGER NOT NULL REFERENCES lessons (id),
  member INTEGER NOT NULL REFERENCES members (id),
  PRIMARY KEY (lesson, member)
) STRICT, WITHOUT ROWID;

CREATE INDEX lesson_lecturers_by_member ON lesson_lecturers (member, lesson);

-- A branch with all below it. A lesson without a row here and without kinds is open to
-- everybody, and expects nobody.
CREATE TABLE lesson_targets (
  lesson INTEGER NOT NULL REFERENCES lessons (id),
  branch INTEGER NOT NULL REFERENCES branches (id),
  PRIMARY KEY (lesson, branch)
) STRICT, WITHOUT ROWID;

CREATE INDEX lesson_targets_by_branch ON lesson_targets (branch, lesson);

-- 请假 and 免学, before a lesson or after it.
CREATE TABLE excuses (
  lesson  INTEGER NOT NULL REFERENCES lessons (id),
  member  INTEGER NOT NULL REFERENCES members (id),
  state   TEXT    NOT NULL CHECK (state IN ('excused', 'exempt')),
  reason  TEXT    NOT NULL,
  actor   INTEGER REFERENCES members (id), -- NULL: the operator
  wall_ms INTEGER NOT NULL,
  PRIMARY KEY (lesson, member)
) STRICT, WITHOUT ROWID;

CREATE INDEX excuses_by_member ON excuses (member);

-- Who is expected in a lesson, and where they belonged when its room opened.
CREATE TABLE expected (
  lesson      INTEGER NOT NULL REFERENCES lessons (id),
  member      INTEGER NOT NULL REFERENCES members (id),
  home_branch INTEGER REFERENCES branches (id),
  host_branch INTEGER REFERENCES branches (id),
  kind        TEXT    NOT NULL,
  state       TEXT    NOT NULL CHECK (state IN ('expected', 'excused', 'exempt')),
  reason      TEXT    NOT NULL DEFAULT '',
  actor       INTEGER REFERENCES members (id),
  PRIMARY KEY (lesson, member)
) STRICT, WITHOUT ROWID;

CREATE INDEX expected_by_member ON expected (member, lesson);
CREATE INDEX expected_by_home ON expected (home_branch, lesson);
CREATE INDEX expected_by_host ON expected (host_branch, lesson);

CREATE TRIGGER expected_is_settled BEFORE INSERT ON expected
  WHEN (SELECT opened_ms FROM lessons WHERE id = NEW.lesson) IS NOT NULL BEGIN
  SELECT raise (ABORT, 'who is expected is settled when the room opens');
END;
CREATE TRIGGER expected_stays
  BEFORE UPDATE OF lesson, member, home_branch, host_branch, kind ON expected BEGIN
  SELECT raise (ABORT, 'who is expected is settled when the room opens');
END;
CREATE TRIGGER expected_remains BEFORE DELETE ON expected BEGIN
  SELECT raise (ABORT, 'who is expected is settled when the room opens');
END;

-- Messages to phones before a lesson: one row a member and lesson, so one message.
CREATE TABLE reminders (
  lesson  INTEGER NOT NULL REFERENCES lessons (id),
  member  INTEGER NOT NULL REFERENCES members (id),
  tries   INTEGER NOT NULL DEFAULT 0,
  next_ms INTEGER NOT NULL, -- wall clock: not tried before
  sent_ms INTEGER,          -- NULL: the gateway has not taken it
  PRIMARY KEY (lesson, member)
) STRICT, WITHOUT ROWID;

CREATE INDEX reminders_to_send ON reminders (next_ms) WHERE sent_ms IS NULL;

-- Addresses of calendars: calendar programs send no cookies, so the address is the key.
CREATE TABLE calendars (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  branch     INTEGER REFERENCES branches (id), -- of a branch
  lecturer   INTEGER REFERENCES members (id),  -- or of a lecturer
  token_hash BLOB    NOT NULL UNIQUE,
  created_ms INTEGER NOT NULL,
  actor      INTEGER REFERENCES members (id),
  revoked_ms INTEGER,
  CHECK ((branch IS NULL) <> (lecturer IS NULL))
) STRICT;

CREATE INDEX calendars_by_branch ON calendars (branch) WHERE branch IS NOT NULL;
CREATE INDEX calendars_by_lecturer ON calendars (lecturer) WHERE lecturer IS NOT NULL;
