-- One address an owner, and one row: who asks for another one again and again fills
-- nothing. Those that open nothing any more go.
DELETE FROM calendars
  WHERE id NOT IN (SELECT max (id) FROM calendars GROUP BY branch, lecturer);

DROP INDEX calendars_by_branch;
DROP INDEX calendars_by_lecturer;
CREATE UNIQUE INDEX calendars_by_branch ON calendars (branch) WHERE branch IS NOT NULL;
CREATE UNIQUE INDEX calendars_by_lecturer ON calendars (lecturer)
  WHERE lecturer IS NOT NULL;
