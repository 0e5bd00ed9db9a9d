-- What people wrote about moments of a vSMMU's log. Notes are no events: they change no state and are in no hash chain.
CREATE TABLE note (
  id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  vsmmu    integer     NOT NULL REFERENCES vsmmu (id),
  sequence bigint      NOT NULL,
  position bigint      NOT NULL,
  written  timestamptz NOT NULL,
  author   text        NOT NULL,
  bookmark text        NOT NULL,
  text     text        NOT NULL
);

CREATE INDEX note_vsmmu ON note (vsmmu, id);
CREATE UNIQUE INDEX note_bookmark ON note (vsmmu, bookmark) WHERE bookmark <> '';
