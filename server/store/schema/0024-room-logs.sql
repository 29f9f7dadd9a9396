-- Whom an entry of a steward's log is about, where there is such a member. The code on
-- their card, which the device wrote down, is not kept.
ALTER TABLE room_logs ADD COLUMN member INTEGER REFERENCES members (id);

UPDATE room_logs SET member =
  (SELECT id FROM members WHERE id = json_extract (entry, '$.member'));
-- What waits with a card's code is approved by it, and loses it then.
UPDATE room_logs SET entry = json_remove (entry, '$.card') WHERE state <> 'waiting';

CREATE INDEX room_logs_by_member ON room_logs (member) WHERE member IS NOT NULL;
CREATE INDEX room_guests_by_name ON room_guests (name);

-- Who is in a room now: asked at each act of its steward.
CREATE INDEX room_stays_now ON room_stays (lesson, site, member) WHERE out_ms IS NULL;
