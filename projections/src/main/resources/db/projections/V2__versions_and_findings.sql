-- Tables of another version are thrown away and written again.
ALTER TABLE projection ADD COLUMN version integer NOT NULL DEFAULT 0;

-- How far the rules are in the log of a vSMMU, and what they keep.
CREATE TABLE rule_run (
  vsmmu   integer PRIMARY KEY,
  payload bytea   NOT NULL
);
