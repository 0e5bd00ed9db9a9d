-- How far the read models are; written in the transaction that writes them.
CREATE TABLE projection (
  name     text   PRIMARY KEY,
  position bigint NOT NULL
);

-- The life of a StreamID: the events that configured it or gave and took its device, payload
-- included, so that a page is one range of one index.
CREATE TABLE stream_history (
  position bigint   NOT NULL,
  sequence bigint   NOT NULL,
  time_us  bigint   NOT NULL,
  cause    bigint,
  vsmmu    integer  NOT NULL,
  sid      integer  NOT NULL,
  type     smallint NOT NULL,
  payload  bytea    NOT NULL,
  PRIMARY KEY (vsmmu, sid, position)
);

-- Lifetimes of host objects; to_position is the event that ended it.
CREATE TABLE host_object (
  handle        bigint  NOT NULL,
  from_position bigint  NOT NULL,
  to_position   bigint,
  word0         bigint  NOT NULL,
  word1         bigint  NOT NULL,
  vsmmu         integer NOT NULL,
  kernel_id     integer,
  sid           integer,
  kind          text    NOT NULL,
  PRIMARY KEY (vsmmu, handle)
);

-- What events reach, one row per run of similar commands; null stands for "any".
-- Addresses have their highest bit flipped: unsigned order under signed comparison.
CREATE TABLE touch (
  position    bigint   NOT NULL,
  va_first    bigint,
  va_last     bigint,
  vsmmu       integer  NOT NULL,
  first_entry integer  NOT NULL,
  entries     integer  NOT NULL,
  sid         integer,
  asid        integer,
  source      smallint NOT NULL,
  opcode      smallint,
  PRIMARY KEY (vsmmu, position, first_entry)
);

-- Positions of events by what they are about.
CREATE TABLE event_key (
  key      bigint   NOT NULL,
  position bigint   NOT NULL,
  vsmmu    integer  NOT NULL,
  kind     smallint NOT NULL,
  PRIMARY KEY (vsmmu, kind, key, position)
);

-- Effects that lie too far behind their cause to be found by reading on from it.
CREATE TABLE far_effect (
  cause    bigint  NOT NULL,
  sequence bigint  NOT NULL,
  vsmmu    integer NOT NULL,
  PRIMARY KEY (vsmmu, cause, sequence)
);

CREATE TABLE failure (
  position bigint  NOT NULL,
  code     bigint  NOT NULL,
  vsmmu    integer NOT NULL,
  ordinal  integer NOT NULL,
  sid      integer,
  kind     text    NOT NULL,
  health   text    NOT NULL,
  detail   text    NOT NULL,
  PRIMARY KEY (vsmmu, position, ordinal)
);
