package io.vsmmu.boundary;

import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Reports that a boundary was reached; without an observer, which no service has, nothing happens.
 */
public final class Boundaries {

  /** Looked up once, so that the compiler removes the call where there is none. */
  private static final @Nullable BoundaryObserver OBSERVER =
      ServiceLoader.load(BoundaryObserver.class, Boundaries.class.getClassLoader())
          .findFirst()
          .orElse(null);

  private Boundaries() {}

  /** Called by the code of the boundary, on any thread. */
  public static void reached(Boundary boundary) {
    BoundaryObserver observer = OBSERVER;
    if (observer != null) {
      observer.reached(boundary);
    }
  }
}
