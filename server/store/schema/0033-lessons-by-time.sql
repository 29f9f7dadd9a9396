-- The timetable shows what is over by when it was held: see OVER in classroom/lesson.c.
CREATE INDEX lessons_by_time ON lessons (coalesce (started_ms, planned_ms, created_ms));
