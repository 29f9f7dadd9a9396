-- What is said in a lesson, in order. What becomes of it (a line hidden, a question
-- answered, a poll closed) is a later event. What people said is in "text" alone, so
-- that it can go while the order stays.
CREATE TABLE lesson_events (
  lesson   INTEGER NOT NULL REFERENCES lessons (id),
  seq      INTEGER NOT NULL CHECK (seq >= 1),
  kind     TEXT    NOT NULL,
  audience INTEGER NOT NULL CHECK (audience BETWEEN 1 AND 7), -- AcAudience
  member   INTEGER REFERENCES members (id), -- who says it, or whom it is about
  actor    INTEGER REFERENCES members (id), -- who of the staff did it
  site     INTEGER REFERENCES sites (id),   -- the room that it comes from
  by_staff INTEGER NOT NULL DEFAULT 0,      -- the member spoke as one of the staff
  wall_ms  INTEGER NOT NULL,
  media_ms INTEGER NOT NULL,                -- the live edge then
  body     TEXT    NOT NULL DEFAULT '{}',   -- JSON, nobody's words
  text     TEXT,
  hidden   INTEGER NOT NULL DEFAULT 0,      -- not for those who come later
  PRIMARY KEY (lesson, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX lesson_events_by_kind ON lesson_events (lesson, kind, seq);
CREATE INDEX lesson_events_by_member ON lesson_events (member) WHERE member IS NOT NULL;

CREATE TABLE conversations (
  lesson    INTEGER PRIMARY KEY REFERENCES lessons (id),
  last_seq  INTEGER NOT NULL DEFAULT 0, -- of its events
  chat_open INTEGER NOT NULL DEFAULT 1,
  slow_s    INTEGER NOT NULL DEFAULT 0  -- seconds between two lines of a member
) STRICT;

-- What a page sent, by the identifier that it made: sending it again does nothing.
CREATE TABLE lesson_acts (
  lesson INTEGER NOT NULL REFERENCES lessons (id),
  member INTEGER NOT NULL REFERENCES members (id),
  id     TEXT    NOT NULL,
  seq    INTEGER NOT NULL, -- what it became; 0: nothing that has a number
  PRIMARY KEY (lesson, member, id)
) STRICT, WITHOUT ROWID;

-- How much somebody has said, and whether they may.
CREATE TABLE lesson_voices (
  lesson    INTEGER NOT NULL REFERENCES lessons (id),
  member    INTEGER NOT NULL REFERENCES members (id),
  acts      INTEGER NOT NULL DEFAULT 0,
  lines     INTEGER NOT NULL DEFAULT 0,
  questions INTEGER NOT NULL DEFAULT 0,
  line_ms   INTEGER, -- clock: the last line
  muted     INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (lesson, member)
) STRICT, WITHOUT ROWID;

-- Questions, hands, polls and hand-outs are known by the number of the event that they
-- began with.
CREATE TABLE questions (
  lesson INTEGER NOT NULL,
  seq    INTEGER NOT NULL,
  state  TEXT    NOT NULL DEFAULT 'asked'
         CHECK (state IN ('asked', 'taken', 'answered', 'dismissed')),
  votes  INTEGER NOT NULL DEFAULT 0,
  answer INTEGER, -- the event that has its words
  PRIMARY KEY (lesson, seq),
  FOREIGN KEY (lesson, seq) REFERENCES lesson_events (lesson, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX questions_by_votes ON questions (lesson, state, votes);

CREATE TABLE question_votes (
  lesson   INTEGER NOT NULL,
  question INTEGER NOT NULL,
  member   INTEGER NOT NULL REFERENCES members (id),
  PRIMARY KEY (lesson, member, question),
  FOREIGN KEY (lesson, question) REFERENCES questions (lesson, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE hands (
  lesson INTEGER NOT NULL,
  seq    INTEGER NOT NULL,
  member INTEGER REFERENCES members (id),
  site   INTEGER REFERENCES sites (id),
  state  TEXT    NOT NULL DEFAULT 'raised' CHECK (state IN ('raised', 'called', 'lowered')),
  PRIMARY KEY (lesson, seq),
  FOREIGN KEY (lesson, seq) REFERENCES lesson_events (lesson, seq),
  CHECK ((member IS NULL) != (site IS NULL))
) STRICT, WITHOUT ROWID;

-- One hand of each at a time.
CREATE UNIQUE INDEX hands_of_members ON hands (lesson, member)
  WHERE member IS NOT NULL AND state != 'lowered';
CREATE UNIQUE INDEX hands_of_sites ON hands (lesson, site)
  WHERE site IS NOT NULL AND state != 'lowered';

CREATE TABLE polls (
  lesson   INTEGER NOT NULL,
  seq      INTEGER NOT NULL,
  quiz     INTEGER NOT NULL, -- has right answers
  multiple INTEGER NOT NULL,
  shown    INTEGER NOT NULL, -- everybody sees the counts
  closed   INTEGER NOT NULL DEFAULT 0,
  answers  INTEGER NOT NULL DEFAULT 0, -- members who answered
  PRIMARY KEY (lesson, seq),
  FOREIGN KEY (lesson, seq) REFERENCES lesson_events (lesson, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE poll_options (
  lesson  INTEGER NOT NULL,
  poll    INTEGER NOT NULL,
  option  INTEGER NOT NULL CHECK (option BETWEEN 0 AND 7),
  text    TEXT    NOT NULL,
  correct INTEGER NOT NULL,
  answers INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (lesson, poll, option),
  FOREIGN KEY (lesson, poll) REFERENCES polls (lesson, seq)
) STRICT, WITHOUT ROWID;

-- Nobody but the member sees a row of this: results are counts.
CREATE TABLE poll_answers (
  lesson  INTEGER NOT NULL,
  poll    INTEGER NOT NULL,
  member  INTEGER NOT NULL REFERENCES members (id),
  choices INTEGER NOT NULL CHECK (choices BETWEEN 1 AND 255), -- a bit each option
  PRIMARY KEY (lesson, member, poll),
  FOREIGN KEY (lesson, poll) REFERENCES polls (lesson, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE handouts (
  lesson  INTEGER NOT NULL,
  seq     INTEGER NOT NULL,
  title   TEXT    NOT NULL,
  url     TEXT,    -- a link, or
  file    TEXT,    -- a file in DATA/handouts, by its name there
  name    TEXT,    -- what the file is called for whoever takes it
  media_type TEXT,
  bytes   INTEGER,
  pinned  INTEGER NOT NULL DEFAULT 0,
  removed INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (lesson, seq),
  FOREIGN KEY (lesson, seq) REFERENCES lesson_events (lesson, seq),
  CHECK ((url IS NULL) != (file IS NULL))
) STRICT, WITHOUT ROWID;
