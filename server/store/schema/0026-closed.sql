-- Branches and rooms that are used no more. What lies in the past still names them.
ALTER TABLE branches ADD COLUMN closed_ms INTEGER; -- wall; NULL: in use
ALTER TABLE sites ADD COLUMN closed_ms INTEGER;    -- likewise
