-- A password that was made here and read by somebody else has to be changed.
ALTER TABLE members ADD COLUMN password_made INTEGER NOT NULL DEFAULT 0;
-- A session that was begun by one: it may change the password and nothing else.
ALTER TABLE sessions ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0;
