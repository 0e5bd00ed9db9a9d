-- Named tokens. The secret is nowhere: hash is the SHA-256 of 256 random bits. A revoked token stays, because a name means one
-- client for ever in the audit. vms is null for all VMs.
CREATE TABLE token (
  id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name       text        NOT NULL UNIQUE,
  role       text        NOT NULL,
  vms        text[],
  hash       bytea       NOT NULL UNIQUE,
  created    timestamptz NOT NULL,
  created_by text        NOT NULL,
  expires    timestamptz NOT NULL,
  revoked    timestamptz
);
