-- Who did what through the API. A row is written before the request takes effect and completed
-- afterwards: one without a status was interrupted, and whether it took effect shows in the log.
CREATE TABLE audit (
  id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  time    timestamptz NOT NULL DEFAULT now(),
  subject text        NOT NULL,
  method  text        NOT NULL,
  path    text        NOT NULL,
  status  integer,
  vsmmu   text,
  detail  text
);

CREATE INDEX audit_vsmmu ON audit (vsmmu, id);
CREATE INDEX audit_subject ON audit (subject, id);

-- Answers to POST requests with an Idempotency-Key. A row without a status is under way if its
-- owner is the process that runs, else it was interrupted.
CREATE TABLE idempotency (
  created      timestamptz NOT NULL DEFAULT now(),
  owner        uuid        NOT NULL,
  status       integer,
  subject      text        NOT NULL,
  key          text        NOT NULL,
  request      text        NOT NULL,
  body_hash    bytea,
  content_type text,
  location     text,
  etag         text,
  answer       bytea,
  PRIMARY KEY (subject, key)
);

CREATE INDEX idempotency_created ON idempotency (created);
