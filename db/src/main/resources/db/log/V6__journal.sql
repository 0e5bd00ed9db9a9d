-- The journal through which this database is written; one row at most. complete: the service ended
-- in good order, and everything that the journal acknowledged is in the table event.
CREATE TABLE journal (
  one_row  boolean PRIMARY KEY DEFAULT true CHECK (one_row),
  identity uuid    NOT NULL,
  complete boolean NOT NULL
);
