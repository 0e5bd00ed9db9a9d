-- The segments of the log that are sealed: each is a leaf of the log's Merkle tree. What these tables hold is computed from the
-- rows of event and vsmmu, and is trusted by no verification.
CREATE TABLE sealed_segment (
  leaf_index     bigint PRIMARY KEY,
  first_position bigint NOT NULL,
  last_position  bigint NOT NULL UNIQUE,
  -- SegmentLeaf, in its bytes.
  leaf           bytea  NOT NULL,
  -- The hashes of the perfect subtrees that end with this leaf, by level, the leaf's own first.
  nodes          bytea  NOT NULL
);

-- Signed heads of the tree, as notes without cosignatures.
CREATE TABLE seal_checkpoint (
  size bigint      PRIMARY KEY,
  made timestamptz NOT NULL DEFAULT now(),
  note text        NOT NULL
);

-- The newest cosignature of each witness; the witness is named by its verifier key.
CREATE TABLE seal_cosignature (
  size     bigint      NOT NULL REFERENCES seal_checkpoint (size),
  witness  text        NOT NULL,
  line     text        NOT NULL,
  received timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (size, witness)
);

-- The segment whose leaf has the vSMMU's name and origin for the first time; NULL until one has.
ALTER TABLE vsmmu ADD COLUMN sealed_in bigint;
CREATE INDEX vsmmu_unsealed ON vsmmu (id) WHERE sealed_in IS NULL;
