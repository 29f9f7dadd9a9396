-- What a room has written down of a lesson is found, and read page by page, without a look
-- at what it has of others.
CREATE INDEX room_logs_by_room ON room_logs (site, lesson, device, seq);
