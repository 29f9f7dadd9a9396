-- Who did what with other people's data and with the rules. A row is written in the
-- transaction of its act, so it is there exactly when the act is. Rows name people by
-- the numbers of their rows in members; words that may name them are in reason and
-- detail alone, which go when the person is erased.
CREATE TABLE audit (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  wall_ms INTEGER NOT NULL,
  actor   INTEGER REFERENCES members (id),  -- NULL: the operator, by the tool
  act     TEXT    NOT NULL,                 -- see server/audit/audit.h
  member  INTEGER REFERENCES members (id),  -- whom it is about
  branch  INTEGER REFERENCES branches (id), -- the member's home branch then, or what
                                            -- it is about; NULL: the county's
  host    INTEGER REFERENCES branches (id), -- the member's host branch then
  lesson  INTEGER REFERENCES lessons (id),
  reason  TEXT    NOT NULL,
  detail  TEXT    NOT NULL                  -- a JSON object
) STRICT;

CREATE INDEX audit_by_member ON audit (member, id);
CREATE INDEX audit_by_actor ON audit (actor, id);

CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
  WHEN NEW.id IS NOT OLD.id OR NEW.wall_ms IS NOT OLD.wall_ms
    OR NEW.actor IS NOT OLD.actor OR NEW.act IS NOT OLD.act
    OR NEW.member IS NOT OLD.member OR NEW.branch IS NOT OLD.branch
    OR NEW.host IS NOT OLD.host OR NEW.lesson IS NOT OLD.lesson
    OR NEW.reason IS NOT '' OR NEW.detail IS NOT '{}'
    OR NOT EXISTS (SELECT 1 FROM erased_members WHERE member = OLD.member) BEGIN
  SELECT raise (ABORT, 'what was noted for audit is never changed');
END;
CREATE TRIGGER audit_remains BEFORE DELETE ON audit BEGIN
  SELECT raise (ABORT, 'what was noted for audit is never deleted');
END;
-- What INSERT OR REPLACE would do without a delete trigger.
CREATE TRIGGER audit_grows BEFORE INSERT ON audit
  WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id) BEGIN
  SELECT raise (ABORT, 'what was noted for audit is never changed');
END;
