-- Roles over subtrees. members.role is the highest one that somebody has, to be shown;
-- nothing is decided by it.
CREATE TABLE grants (
  member  INTEGER NOT NULL REFERENCES members (id),
  role    TEXT    NOT NULL
          CHECK (role IN ('steward', 'lecturer', 'secretary', 'staff', 'administrator')),
  branch  INTEGER REFERENCES branches (id), -- with all below it; NULL: everywhere
  wall_ms INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX grants_by_member ON grants (member, role, ifnull (branch, 0));

-- What somebody could do, they still can.
INSERT INTO grants (member, role, branch, wall_ms)
  SELECT id, role, NULL, created_ms FROM members WHERE role != 'member';

-- The column again, with the roles that are new.
ALTER TABLE members DROP COLUMN role;
ALTER TABLE members ADD COLUMN role TEXT NOT NULL DEFAULT 'member'
  CHECK (role IN ('member', 'steward', 'lecturer', 'secretary', 'staff',
                  'administrator'));
UPDATE members SET role = grants.role FROM grants WHERE grants.member = members.id;
