-- Whether a source's own pictures may be passed on when they are regular enough.
ALTER TABLE lessons ADD COLUMN may_follow INTEGER NOT NULL DEFAULT 0;
