package io.vsmmu.rest.vsmmu;

import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Makes the changes of operators to a vSMMU one at a time, so that the precondition If-Match holds
 * until the change is made. The guest is not stopped: its accesses change the entity tag too.
 */
@Component
class Changes {

  private static final int STRIPES = 64;
  private static final String ANY = "*";

  private final VsmmuDirectory directory;
  private final VsmmuResources resources;
  private final ReentrantLock[] locks =
      Stream.generate(ReentrantLock::new).limit(STRIPES).toArray(ReentrantLock[]::new);

  Changes(VsmmuDirectory directory, VsmmuResources resources) {
    this.directory = directory;
    this.resources = resources;
  }

  /**
   * Makes a change under the lock of the vSMMU.
   *
   * @param ifMatch the entity tags of which one must be the vSMMU's; null for any
   * @throws ProblemException if none is
   */
  <T extends @Nullable Object> T make(String name, @Nullable String ifMatch, Supplier<T> change) {
    ReentrantLock lock = locks[Math.floorMod(name.hashCode(), STRIPES)];
    lock.lock();
    try {
      if (ifMatch != null) {
        check(directory.find(name), ifMatch);
      }
      return change.get();
    } finally {
      lock.unlock();
    }
  }

  private void check(RegisteredVsmmu vsmmu, String ifMatch) {
    String now = resources.etag(vsmmu);
    boolean matches =
        Arrays.stream(ifMatch.split(",", -1))
            .map(String::strip)
            .anyMatch(tag -> tag.equals(ANY) || opaque(tag).equals(opaque(now)));
    if (!matches) {
      throw ProblemException.of(
          ProblemType.PRECONDITION_FAILED,
          "If-Match",
          ifMatch,
          "%s, which %s has now; look at it again".formatted(now, vsmmu.name()));
    }
  }

  /** The tags are weak by name only: equal ones stand for the same events. */
  private static String opaque(String tag) {
    return tag.startsWith("W/") ? tag.substring(2) : tag;
  }
}
