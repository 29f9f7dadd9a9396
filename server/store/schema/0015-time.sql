-- The rest of accepted time: breaks, prompts, and beats that can be decided again.

-- What the lecturer marked as a break: media time that counts for nobody. The set in
-- lessons.creditable is without it already; this says why.
CREATE TABLE lesson_breaks (
  lesson   INTEGER NOT NULL REFERENCES lessons (id),
  start_ms INTEGER NOT NULL,
  end_ms   INTEGER,                         -- NULL: it goes on
  actor    INTEGER REFERENCES members (id), -- NULL: the operator
  wall_ms  INTEGER NOT NULL,                -- when it was marked
  PRIMARY KEY (lesson, start_ms),
  CHECK (end_ms >= start_ms)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX lesson_breaks_open ON lesson_breaks (lesson) WHERE end_ms IS NULL;

-- "Are you there?", asked of a member at a random moment of play. Only one that a page
-- has shown can be missed. Readings called "clock" are those of boot.
CREATE TABLE prompts (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  lesson      INTEGER NOT NULL REFERENCES lessons (id),
  member      INTEGER NOT NULL REFERENCES members (id),
  asker       INTEGER REFERENCES members (id),  -- a lecturer; NULL: the server, at random
  boot        TEXT    NOT NULL,
  sent_ms     INTEGER NOT NULL, -- wall
  sent_clock_ms  INTEGER NOT NULL,
  limit_ms    INTEGER NOT NULL, -- to answer in, from when it is shown
  session     INTEGER REFERENCES sessions (id), -- that showed it first
  shown_ms    INTEGER,          -- wall; NULL: not yet
  shown_clock_ms INTEGER,
  answered_ms INTEGER,          -- wall; NULL: not yet, or never
  pressed_after_ms INTEGER,     -- how long after it was shown, as the page tells
  closed_ms   INTEGER,          -- wall; NULL: it is open
  missed      INTEGER NOT NULL DEFAULT 0 CHECK (missed IN (0, 1)),
  CHECK (missed = 0 OR shown_ms IS NOT NULL)
) STRICT;

CREATE UNIQUE INDEX prompts_open ON prompts (lesson, member) WHERE closed_ms IS NULL;
CREATE INDEX prompts_by_member ON prompts (member, lesson, id);

-- The last proof of presence of each kind that a member gave in a lesson.
CREATE TABLE proofs (
  lesson   INTEGER NOT NULL REFERENCES lessons (id),
  member   INTEGER NOT NULL REFERENCES members (id),
  how      TEXT    NOT NULL CHECK (how IN ('press', 'chat', 'poll')),
  boot     TEXT    NOT NULL,
  clock_ms INTEGER NOT NULL,
  wall_ms  INTEGER NOT NULL,
  PRIMARY KEY (lesson, member, how)
) STRICT, WITHOUT ROWID;

-- What a beat was decided with besides itself, so that it can be decided again. NULL:
-- decided before this step, and for good.
ALTER TABLE beats ADD COLUMN boot INTEGER;      -- a number for it: of clock_ms
ALTER TABLE beats ADD COLUMN edge_ms INTEGER;   -- media was published up to here
ALTER TABLE beats ADD COLUMN served_from_ms INTEGER; -- and served from here
ALTER TABLE beats ADD COLUMN served_to_ms INTEGER;   -- to here
-- The missed prompt that took what the beat was worth.
ALTER TABLE beats ADD COLUMN absent INTEGER REFERENCES prompts (id);

-- Of the session's time, what no beat has used: those that come late may.
ALTER TABLE presence ADD COLUMN spare_ms INTEGER NOT NULL DEFAULT 0;

-- Play since the last prompt, and after how much the next one is due; 0: not drawn yet.
ALTER TABLE attendance ADD COLUMN prompt_play_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attendance ADD COLUMN prompt_due_ms INTEGER NOT NULL DEFAULT 0;
