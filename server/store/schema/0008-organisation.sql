-- The organisation: kinds of branches, who belonged where and since when, what members
-- are known by besides their number, rooms and who runs them. A day is a text such as
-- '2026-01-05' on the server's own calendar; such texts sort.

ALTER TABLE branches ADD COLUMN kind TEXT NOT NULL DEFAULT 'county'
  CHECK (kind IN ('county', 'town', 'village', 'enterprise', 'network'));

WITH RECURSIVE down (id, depth) AS (
  SELECT id, 0 FROM branches WHERE parent IS NULL
  UNION SELECT branches.id, depth + 1 FROM branches JOIN down ON parent = down.id)
UPDATE branches SET kind =
  CASE (SELECT depth FROM down WHERE down.id = branches.id)
    WHEN 0 THEN 'county' WHEN 1 THEN 'town' ELSE 'village' END;

-- A row holds until the next one of its member and side begins.
CREATE TABLE memberships (
  member   INTEGER NOT NULL REFERENCES members (id),
  side     TEXT    NOT NULL CHECK (side IN ('home', 'host')),
  from_day TEXT    NOT NULL
           CHECK (from_day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  branch   INTEGER REFERENCES branches (id), -- NULL: of none
  PRIMARY KEY (member, side, from_day)
) STRICT, WITHOUT ROWID;

CREATE INDEX memberships_by_branch ON memberships (branch, member);

INSERT INTO memberships (member, side, from_day, branch)
  SELECT id, 'home', date (created_ms / 1000, 'unixepoch', 'localtime'), branch
  FROM members WHERE branch IS NOT NULL;

-- members.branch and members.host are the last rows of memberships.
ALTER TABLE members ADD COLUMN host INTEGER REFERENCES branches (id);
ALTER TABLE members ADD COLUMN phone TEXT; -- digits only; families share one
ALTER TABLE members ADD COLUMN certificate TEXT COLLATE NOCASE;
ALTER TABLE members ADD COLUMN certificate_state TEXT
  CHECK (certificate_state IN ('unverified', 'verified', 'revoked'));

CREATE INDEX members_by_host ON members (host);
CREATE INDEX members_by_phone ON members (phone) WHERE phone IS NOT NULL;
CREATE UNIQUE INDEX members_by_certificate ON members (certificate)
  WHERE certificate IS NOT NULL;

-- What was said of certificates, by whom and when.
CREATE TABLE certificates (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  member  INTEGER NOT NULL REFERENCES members (id),
  number  TEXT    NOT NULL,
  state   TEXT    NOT NULL CHECK (state IN ('unverified', 'verified', 'revoked')),
  actor   INTEGER REFERENCES members (id), -- NULL: an operator, by the tool
  note    TEXT,
  wall_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX certificates_by_member ON certificates (member);
CREATE TRIGGER certificates_stay BEFORE UPDATE ON certificates
BEGIN SELECT raise (ABORT, 'a certificate''s history is not changed'); END;
CREATE TRIGGER certificates_remain BEFORE DELETE ON certificates
BEGIN SELECT raise (ABORT, 'a certificate''s history is not deleted'); END;

-- What the county's four ledgers call a member.
CREATE TABLE import_keys (
  ledger TEXT    NOT NULL
         CHECK (ledger IN ('workers', 'enterprises', 'activists', 'worker-members')),
  key    TEXT    NOT NULL,
  member INTEGER NOT NULL REFERENCES members (id),
  PRIMARY KEY (ledger, key)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX import_keys_by_member ON import_keys (member, ledger);

CREATE TABLE sites (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  branch     INTEGER NOT NULL REFERENCES branches (id),
  name       TEXT    NOT NULL,
  created_ms INTEGER NOT NULL,
  UNIQUE (branch, name)
) STRICT;

CREATE TABLE stewards (
  site   INTEGER NOT NULL REFERENCES sites (id),
  member INTEGER NOT NULL REFERENCES members (id),
  PRIMARY KEY (site, member)
) STRICT, WITHOUT ROWID;

CREATE INDEX stewards_by_member ON stewards (member);
