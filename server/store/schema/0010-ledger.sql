-- The ledger: what every report is computed from. See server/credit/ledger_entry.h.

-- Up to which beat a member's attendance is in the ledger, and what of earned_ms was
-- earned in group study.
ALTER TABLE attendance ADD COLUMN settled_beats INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attendance ADD COLUMN group_ms INTEGER NOT NULL DEFAULT 0;

-- Flag 128: group study. Beats from before this step are told by their hour.
UPDATE beats SET flags = flags | 128 WHERE EXISTS (
  SELECT 1 FROM lessons WHERE lessons.id = beats.lesson
    AND (ended_ms IS NULL OR beats.wall_ms <= ended_ms + 120000));
UPDATE attendance SET group_ms = (
  SELECT ifnull (sum (earned_ms), 0) FROM beats
  WHERE beats.lesson = attendance.lesson AND beats.member = attendance.member
    AND flags & 128);

CREATE INDEX attendance_unsettled ON attendance (lesson, member)
  WHERE beats > settled_beats;

-- What a lesson keeps from its first entry on.
CREATE TABLE lesson_terms (
  lesson     INTEGER PRIMARY KEY REFERENCES lessons (id),
  policy     INTEGER NOT NULL REFERENCES policies (id),
  held_on    TEXT    NOT NULL, -- day: "2026-11-25"
  created_ms INTEGER NOT NULL
) STRICT;

CREATE TRIGGER lesson_terms_stay BEFORE UPDATE ON lesson_terms BEGIN
  SELECT raise (ABORT, 'the terms of a lesson are never changed');
END;
CREATE TRIGGER lesson_terms_remain BEFORE DELETE ON lesson_terms BEGIN
  SELECT raise (ABORT, 'the terms of a lesson are never deleted');
END;

CREATE TABLE ledger (
  seq         INTEGER PRIMARY KEY, -- 1, 2, 3 ... without a hole
  kind        TEXT    NOT NULL CHECK (kind IN
              ('AUTO', 'STEWARD', 'LATE', 'ADJUST', 'VOID', 'WAIVE', 'MAKEUP')),
  study       TEXT    NOT NULL CHECK (study IN ('group', 'self')),
  member      INTEGER NOT NULL REFERENCES members (id),
  lesson      INTEGER NOT NULL REFERENCES lessons (id),
  media       TEXT    NOT NULL, -- intervals: "0-2400000,3000000-5400000"
  earned_ms   INTEGER NOT NULL, -- E, as a difference
  policy      INTEGER NOT NULL REFERENCES policies (id),
  home_branch INTEGER,          -- at lesson time; NULL: none
  host_branch INTEGER,
  lesson_year INTEGER NOT NULL,
  year        INTEGER NOT NULL, -- it counts in: later when lesson_year was closed
  beats_from  INTEGER,          -- AUTO: what it was computed from
  beats_to    INTEGER,
  actor       INTEGER REFERENCES members (id), -- NULL: the server, the operator
  approver    INTEGER REFERENCES members (id), -- the second person
  reference   INTEGER REFERENCES ledger (seq), -- the entry that this one is about
  note_digest BLOB,             -- of reason and evidence, see ledger_notes
  created_ms  INTEGER NOT NULL,
  prev_hash   BLOB    NOT NULL,
  hash        BLOB    NOT NULL
) STRICT;

CREATE INDEX ledger_by_member ON ledger (member, lesson);
CREATE INDEX ledger_by_lesson ON ledger (lesson, member);

CREATE TRIGGER ledger_stays BEFORE UPDATE ON ledger BEGIN
  SELECT raise (ABORT, 'the ledger is append-only: write another entry');
END;
CREATE TRIGGER ledger_remains BEFORE DELETE ON ledger BEGIN
  SELECT raise (ABORT, 'the ledger is append-only: write another entry');
END;
-- Also what INSERT OR REPLACE would do without a delete trigger.
CREATE TRIGGER ledger_grows BEFORE INSERT ON ledger
  WHEN NEW.seq IS NOT (SELECT ifnull (max (seq), 0) + 1 FROM ledger) BEGIN
  SELECT raise (ABORT, 'the ledger grows at its end only');
END;

-- What people wrote. Beside the ledger, since it may name persons: a person who is
-- erased takes these rows along, and the entries still verify.
CREATE TABLE ledger_notes (
  entry    INTEGER PRIMARY KEY REFERENCES ledger (seq),
  salt     BLOB NOT NULL, -- 16 random bytes: short texts cannot be guessed from digests
  reason   TEXT NOT NULL,
  evidence TEXT NOT NULL
) STRICT;

CREATE TRIGGER ledger_notes_stay BEFORE UPDATE ON ledger_notes BEGIN
  SELECT raise (ABORT, 'a note is never changed');
END;

-- Increases by hand wait here for a second person; other corrections pass through.
CREATE TABLE corrections (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  state      TEXT    NOT NULL CHECK (state IN ('open', 'entered', 'rejected')),
  kind       TEXT    NOT NULL CHECK (kind IN ('ADJUST', 'VOID', 'WAIVE', 'MAKEUP')),
  study      TEXT    NOT NULL,
  member     INTEGER NOT NULL REFERENCES members (id),
  lesson     INTEGER NOT NULL REFERENCES lessons (id),
  earned_ms  INTEGER NOT NULL,
  reference  INTEGER REFERENCES ledger (seq),
  reason     TEXT    NOT NULL,
  evidence   TEXT    NOT NULL,
  asker      INTEGER NOT NULL REFERENCES members (id),
  asked_ms   INTEGER NOT NULL,
  decider    INTEGER REFERENCES members (id),
  decided_ms INTEGER,
  entry      INTEGER REFERENCES ledger (seq)
) STRICT;

CREATE INDEX corrections_by_state ON corrections (state, id);
CREATE INDEX corrections_by_member ON corrections (member);

CREATE TRIGGER corrections_one_alone BEFORE UPDATE ON corrections
  WHEN NEW.state = 'entered' AND OLD.state = 'open' AND NEW.decider IS OLD.asker BEGIN
  SELECT raise (ABORT, 'a correction is entered by a second person');
END;

-- A member disagrees with what stands about a lesson.
CREATE TABLE appeals (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  member      INTEGER NOT NULL REFERENCES members (id),
  lesson      INTEGER NOT NULL REFERENCES lessons (id),
  text        TEXT    NOT NULL,
  opened_ms   INTEGER NOT NULL,
  answer      TEXT,
  answerer    INTEGER REFERENCES members (id),
  answered_ms INTEGER,
  entry       INTEGER REFERENCES ledger (seq) -- what was entered because of it
) STRICT;

CREATE UNIQUE INDEX appeals_open ON appeals (member, lesson) WHERE answered_ms IS NULL;
CREATE INDEX appeals_by_member ON appeals (member);

-- Years that are closed, with the head of the ledger at that moment.
CREATE TABLE closed_years (
  year      INTEGER PRIMARY KEY,
  closed_ms INTEGER NOT NULL,
  actor     INTEGER REFERENCES members (id),
  entries   INTEGER NOT NULL,
  head      BLOB    NOT NULL
) STRICT;

CREATE TRIGGER closed_years_stay BEFORE UPDATE ON closed_years BEGIN
  SELECT raise (ABORT, 'a closed year is never changed');
END;
CREATE TRIGGER closed_years_remain BEFORE DELETE ON closed_years BEGIN
  SELECT raise (ABORT, 'a closed year is never opened again');
END;

-- Persons that were erased: their rows of members stay, without a name.
CREATE TABLE erased_members (
  member    INTEGER PRIMARY KEY REFERENCES members (id),
  erased_ms INTEGER NOT NULL,
  actor     INTEGER REFERENCES members (id) -- NULL: the operator
) STRICT;
