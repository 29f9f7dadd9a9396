-- How earned time becomes credit hours. A row is a version and is never changed: another
-- rule is another row. Hours are thousandths.
CREATE TABLE policies (
  id                 INTEGER PRIMARY KEY AUTOINCREMENT,
  version            TEXT    NOT NULL UNIQUE,
  valid_from         TEXT    NOT NULL, -- day: "2026-01-01"
  valid_until        TEXT,             -- last day; NULL: open
  rule               TEXT    NOT NULL CHECK (rule IN ('per_minutes', 'tiers')),
  minutes            INTEGER NOT NULL,
  step_permille      INTEGER NOT NULL,
  tiers              TEXT    NOT NULL, -- minutes:hours "15:0.25,30:1"
  attended_permille  INTEGER NOT NULL,
  counts_replay      INTEGER NOT NULL, -- self study counts towards the yearly hours
  required_member    INTEGER NOT NULL,
  required_committee INTEGER NOT NULL,
  required_cadre     INTEGER NOT NULL,
  created_ms         INTEGER NOT NULL,
  actor              INTEGER REFERENCES members (id), -- NULL: the operator
  reason             TEXT    NOT NULL,
  digest             BLOB    NOT NULL  -- SHA-256, see policies.h
) STRICT;

INSERT INTO policies (version, valid_from, valid_until, rule, minutes, step_permille,
  tiers, attended_permille, counts_replay, required_member, required_committee,
  required_cadre, created_ms, actor, reason, digest)
VALUES ('standard-1', '1970-01-01', NULL, 'per_minutes', 45, 500,
  '', 800, 0, 32000, 56000,
  50000, 0, NULL, 'the rules that come with Airclass',
  x'f59d4a57095fd77b5e8f26bc923f0b3c22515c28fbebd5f9760040855a3e90fa');

CREATE TRIGGER policies_stay BEFORE UPDATE ON policies BEGIN
  SELECT raise (ABORT, 'a version of the policy is never changed: add another one');
END;
CREATE TRIGGER policies_remain BEFORE DELETE ON policies BEGIN
  SELECT raise (ABORT, 'a version of the policy is never deleted');
END;

-- What a member owes in a year. The newest row of a member and year counts.
CREATE TABLE standings (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  member     INTEGER NOT NULL REFERENCES members (id),
  year       INTEGER NOT NULL,
  duty       TEXT    NOT NULL CHECK (duty IN ('member', 'committee', 'cadre')),
  exempt     INTEGER NOT NULL, -- nothing is asked for
  reason     TEXT    NOT NULL,
  created_ms INTEGER NOT NULL,
  actor      INTEGER REFERENCES members (id) -- NULL: the operator
) STRICT;

CREATE INDEX standings_by_member ON standings (member, year);

CREATE TRIGGER standings_remain BEFORE DELETE ON standings BEGIN
  SELECT raise (ABORT, 'a standing is never deleted: add another one');
END;
