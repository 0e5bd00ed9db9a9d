-- Virtual machines: what operators said of the machines that VMMs build. Which vSMMUs a machine has
-- is told by their logs.
CREATE TABLE vm (
  id         integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name       text        NOT NULL,
  machine    text        NOT NULL,
  revision   integer     NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz
);

CREATE UNIQUE INDEX vm_living_name ON vm (name) WHERE deleted_at IS NULL;
