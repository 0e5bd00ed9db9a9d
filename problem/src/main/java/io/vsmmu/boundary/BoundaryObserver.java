package io.vsmmu.boundary;

/**
 * Is called at each boundary. {@link Boundaries} finds one by {@link java.util.ServiceLoader}; only
 * tests have one, in a folder that they put before the class path of the process that they kill.
 */
@FunctionalInterface
public interface BoundaryObserver {

  /** Called on the thread that reached the boundary, which may hold locks. */
  void reached(Boundary boundary);
}
