-- What a lesson fetches by itself, and its hour.
ALTER TABLE lessons ADD COLUMN source_kind TEXT CHECK (source_kind IN ('pull', 'file'));
ALTER TABLE lessons ADD COLUMN source TEXT; -- address or path; NULL: encoders publish
ALTER TABLE lessons ADD COLUMN source_loop INTEGER NOT NULL DEFAULT 0;
ALTER TABLE lessons ADD COLUMN planned_ms INTEGER; -- wall clock; NULL: by hand

CREATE INDEX lessons_by_hour ON lessons (planned_ms)
  WHERE state = 'planned' AND source IS NOT NULL AND planned_ms IS NOT NULL;
