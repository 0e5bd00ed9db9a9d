package io.vsmmu.boundary;

/**
 * A step between which and the next the process may die: what the process has written until then is
 * what the next one finds. Each concern has an enum of its own whose constants are the boundaries.
 * A boundary that no test kills at fails the build.
 */
public interface Boundary {

  /** The constant's name. */
  String name();
}
