-- GET /audit filters by each of these, alone or together, in the order of the ids.
CREATE INDEX audit_method ON audit (method, id);
CREATE INDEX audit_status ON audit (status, id);
CREATE INDEX audit_time ON audit (time, id);
