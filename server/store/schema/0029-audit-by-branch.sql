-- What is noted of a branch is found without looking at what is noted of others.
CREATE INDEX audit_by_branch ON audit (branch, id) WHERE branch IS NOT NULL;
CREATE INDEX audit_by_host ON audit (host, id) WHERE host IS NOT NULL;
