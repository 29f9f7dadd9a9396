-- A member has one time, however many sessions and lessons are open.
CREATE TABLE member_time (
  member INTEGER PRIMARY KEY REFERENCES members (id),
  boot   TEXT NOT NULL, -- of the clock readings
  used   TEXT NOT NULL  -- clock: what something was earned in: "0-100,200-300"
) STRICT;

-- Of elapsed_ms, what this beat could earn. NULL: decided before this step, all of it.
ALTER TABLE beats ADD COLUMN free_ms INTEGER;

-- Of the member's time, what this lesson used.
ALTER TABLE attendance ADD COLUMN used_ms INTEGER NOT NULL DEFAULT 0;
UPDATE attendance SET used_ms = accepted_ms;
