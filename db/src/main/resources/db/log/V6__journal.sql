-- The journals through which this database was written; the one with the greatest number is in use.
-- complete: the service ended in good order, and everything that the journal acknowledged is in the
-- table event.
CREATE TABLE journal (
  identity uuid    PRIMARY KEY,
  number   bigint  NOT NULL,
  complete boolean NOT NULL
);
