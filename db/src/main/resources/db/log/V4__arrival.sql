-- How a log came here: created here (0), an import that is under way (1), imported (2).
ALTER TABLE vsmmu ADD COLUMN arrival smallint NOT NULL DEFAULT 0 CHECK (arrival BETWEEN 0 AND 2);
