-- Reports are read from the ledger alone. Each lesson's entries lie together in this
-- index with all that is summed up, so that a year of a county is read in order.
DROP INDEX ledger_by_lesson;
CREATE INDEX ledger_by_lesson ON ledger (lesson, member, kind, study, earned_ms, year,
  home_branch, host_branch, reference, media);
-- Of lessons whose year was closed before.
CREATE INDEX ledger_late ON ledger (lesson) WHERE year > lesson_year;
CREATE INDEX ledger_by_hand ON ledger (seq)
  WHERE kind IN ('ADJUST', 'VOID', 'WAIVE', 'MAKEUP', 'LATE');

-- Papers that anybody can check. See server/reports/transcript.h.
CREATE TABLE transcripts (
  code           TEXT    PRIMARY KEY, -- without hyphens
  member         INTEGER NOT NULL REFERENCES members (id),
  from_day       TEXT    NOT NULL,
  to_day         TEXT    NOT NULL,
  made_ms        INTEGER NOT NULL,
  actor          INTEGER REFERENCES members (id), -- NULL: the operator
  lessons        INTEGER NOT NULL,
  group_permille INTEGER NOT NULL, -- thousandths of credit hours
  self_permille  INTEGER NOT NULL,
  ledger_seq     INTEGER NOT NULL, -- entries of the ledger then
  head           BLOB    NOT NULL, -- the hash of the last of them
  digest         BLOB    NOT NULL  -- of what the paper says
) STRICT;

CREATE INDEX transcripts_by_member ON transcripts (member, digest);

-- A person who is erased takes their papers along.
CREATE TRIGGER transcripts_go AFTER INSERT ON erased_members BEGIN
  DELETE FROM transcripts WHERE member = NEW.member;
END;
