-- People: branches, members, sessions. All times are integer milliseconds since 1970.

CREATE TABLE branches (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  parent     INTEGER REFERENCES branches (id), -- NULL: a root
  name       TEXT    NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX branches_by_name ON branches (ifnull (parent, 0), name);

CREATE TABLE members (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  number     TEXT    NOT NULL COLLATE NOCASE UNIQUE, -- what they sign in with
  name       TEXT    NOT NULL,
  role       TEXT    NOT NULL
             CHECK (role IN ('member', 'steward', 'lecturer', 'administrator')),
  kind       TEXT    NOT NULL
             CHECK (kind IN ('member', 'probationary', 'activist', 'trainee')),
  branch     INTEGER REFERENCES branches (id), -- the home branch
  password   TEXT,                             -- crypto_pwhash_str; NULL: cannot sign in
  created_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX members_by_branch ON members (branch);

-- Rows stay when a session ends: evidence refers to them.
CREATE TABLE sessions (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  member       INTEGER NOT NULL REFERENCES members (id),
  token_hash   BLOB    UNIQUE, -- BLAKE2b-256 of the token; NULL: ended
  created_ms   INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL, -- to the hour
  ended_ms     INTEGER,
  user_agent   TEXT
) STRICT;

CREATE INDEX sessions_by_member ON sessions (member);
