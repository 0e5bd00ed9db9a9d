-- One row per virtual SMMU. The small integer stands for it in every event.
CREATE TABLE vsmmu (
  id           integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  aggregate_id uuid        NOT NULL UNIQUE,
  name         text        NOT NULL,
  -- Zero point of the times that the hash chain covers, microseconds since 1970-01-01T00:00Z.
  origin_us    bigint      NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  deleted_at   timestamptz
);

CREATE UNIQUE INDEX vsmmu_live_name ON vsmmu (name) WHERE deleted_at IS NULL;

-- Widest columns first: no alignment padding between the fixed-width ones.
-- Partitions are made ahead of the head by the writer, each with its own unique (vsmmu, sequence):
-- a constraint over all partitions would have to include the position and would then prove nothing.
CREATE TABLE event (
  position bigint   NOT NULL,
  sequence bigint   NOT NULL,
  time_us  bigint   NOT NULL,
  cause    bigint,
  vsmmu    integer  NOT NULL,
  type     smallint NOT NULL,
  hash     bytea    NOT NULL,
  subject  text,
  payload  bytea    NOT NULL,
  PRIMARY KEY (position)
) PARTITION BY RANGE (position);

-- Payloads are binary already: compressing rows above the 2 KiB TOAST threshold costs the writer
-- more time than it saves space. A hash does not compress at all.
ALTER TABLE event ALTER COLUMN payload SET STORAGE EXTERNAL;
ALTER TABLE event ALTER COLUMN hash SET STORAGE PLAIN;

-- Disposable: any snapshot can be rebuilt from the events.
CREATE TABLE snapshot (
  sequence bigint   NOT NULL,
  vsmmu    integer  NOT NULL REFERENCES vsmmu (id),
  type     smallint NOT NULL,
  payload  bytea    NOT NULL,
  PRIMARY KEY (vsmmu, sequence)
);
