-- Lists go from one lesson that somebody may see to the next one, and never through those
-- that they may not: see AC_AUDIENCE_WALK. What is for everybody is found by this.
ALTER TABLE lessons ADD COLUMN n_targets INTEGER NOT NULL DEFAULT 0; -- rows of lesson_targets
UPDATE lessons SET n_targets =
  (SELECT count(*) FROM lesson_targets WHERE lesson = lessons.id);

CREATE INDEX lessons_by_targets ON lessons (n_targets);
CREATE INDEX branches_by_parent ON branches (parent);

CREATE TRIGGER lesson_targets_come AFTER INSERT ON lesson_targets BEGIN
  UPDATE lessons SET n_targets = n_targets + 1 WHERE id = NEW.lesson;
END;
CREATE TRIGGER lesson_targets_go AFTER DELETE ON lesson_targets BEGIN
  UPDATE lessons SET n_targets = n_targets - 1 WHERE id = OLD.lesson;
END;
