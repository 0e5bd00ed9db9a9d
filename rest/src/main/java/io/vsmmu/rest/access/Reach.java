package io.vsmmu.rest.access;

/** What an operation reaches, and so how the scope of its client matters. */
public enum Reach {
  /** Needs no credential: it holds no data of this service. */
  PUBLIC,
  /** Nothing of any VM. */
  GENERAL,
  /** The VM that the path names; one outside of the scope does not exist. */
  NAMED_VM,
  /** Only what the scope has is shown or taken. */
  FILTERED,
  /** The service as a whole: the scope must be unlimited. */
  WHOLE_SERVICE
}
