-- A member asks for leave (请假) from a lesson that they are expected in. What was granted
-- is an excuse like one that staff enter by themselves.
CREATE TABLE leaves (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  lesson     INTEGER NOT NULL REFERENCES lessons (id),
  member     INTEGER NOT NULL REFERENCES members (id),
  reason     TEXT    NOT NULL,
  asked_ms   INTEGER NOT NULL,
  state      TEXT    NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'approved', 'refused')),
  decider    INTEGER REFERENCES members (id),
  decided_ms INTEGER,
  answer     TEXT    NOT NULL DEFAULT '' -- why it was refused
) STRICT;

CREATE UNIQUE INDEX leaves_one_at_a_time ON leaves (member, lesson) WHERE state = 'asked';
CREATE INDEX leaves_by_member ON leaves (member, id);
CREATE INDEX leaves_by_lesson ON leaves (lesson);
CREATE INDEX leaves_asked ON leaves (id) WHERE state = 'asked';
