-- The index of what events have in common: for each key the blocks of a segment that have it.
-- What a scope and its cells mean: SieveKey, Cells and Segment.
CREATE TABLE sieve (
  cell    bigint  NOT NULL,
  blocks  bigint  NOT NULL,
  vsmmu   integer NOT NULL,
  scope   integer NOT NULL,
  segment integer NOT NULL,
  PRIMARY KEY (vsmmu, scope, cell, segment)
);

-- What a list of vSMMUs shows of each, as of its newest event.
CREATE TABLE vsmmu_summary (
  vsmmu   integer PRIMARY KEY,
  payload bytea   NOT NULL
);

-- What the first one takes the place of.
DROP TABLE touch;
DROP TABLE event_key;
