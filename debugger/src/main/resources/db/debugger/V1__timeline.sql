-- What a vSMMU's events contain, counted by kind, in blocks of 1024 events (level 0) and of 64
-- times as many (level 1). Blocks are numbered from the first event of the vSMMU.
CREATE TABLE timeline_block (
  first_position bigint   NOT NULL,
  last_position  bigint   NOT NULL,
  first_time_us  bigint   NOT NULL,
  last_time_us   bigint   NOT NULL,
  vsmmu          integer  NOT NULL,
  block          integer  NOT NULL,
  level          smallint NOT NULL,
  counts         bytea    NOT NULL,
  PRIMARY KEY (vsmmu, level, block)
);

-- The same for each event of a block of level 0, for blocks that a bucket's boundary divides.
CREATE TABLE timeline_events (
  vsmmu  integer NOT NULL,
  block  integer NOT NULL,
  events bytea   NOT NULL,
  PRIMARY KEY (vsmmu, block)
);
