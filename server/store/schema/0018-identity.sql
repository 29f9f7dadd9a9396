-- Numbers of identity cards, which not everybody has given. Sealed by a key that is not
-- in the database: DATA/keys/identity.key. See server/organisation/identity.h.
CREATE TABLE identities (
  member INTEGER PRIMARY KEY REFERENCES members (id),
  key    TEXT    NOT NULL, -- which key of that file
  sealed BLOB    NOT NULL, -- bound to its member
  match  TEXT    NOT NULL, -- keyed digest: the same for the same number
  UNIQUE (key, match)
) STRICT;
