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
public class ConditionalChanges {

  private static final int STRIPES = 64;
  private static final String ANY = "*";

  private final VsmmuDirectory directory;
  private final VsmmuResources resources;
  private final ReentrantLock[] locks =
      Stream.generate(ReentrantLock::new).limit(STRIPES).toArray(ReentrantLock[]::new);

  ConditionalChanges(VsmmuDirectory directory, VsmmuResources resources) {
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
        RegisteredVsmmu vsmmu = directory.find(name);
        check(ifMatch, resources.etag(vsmmu), vsmmu.name());
      }
      return change.get();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Checks a precondition.
   *
   * @param ifMatch entity tags with commas between them, or {@code *}; null for no precondition
   * @param now the entity tag of what would be changed
   * @param name what would be changed, for the problem
   * @throws ProblemException if none of the tags is {@code now}
   */
  public static void check(@Nullable String ifMatch, String now, String name) {
    if (ifMatch == null) {
      return;
    }
    boolean matches =
        Arrays.stream(ifMatch.split(",", -1))
            .map(String::strip)
            .anyMatch(tag -> tag.equals(ANY) || opaque(tag).equals(opaque(now)));
    if (!matches) {
      throw ProblemException.of(
          ProblemType.PRECONDITION_FAILED,
          "If-Match",
          ifMatch,
          "%s, which %s has now; look at it again".formatted(now, name));
    }
  }

  /**
   * The tag without its mark of weakness: If-Match compares strongly (RFC 9110, 13.1.1), and equal
   * tags of this service stand for the same events.
   */
  private static String opaque(String tag) {
    return tag.startsWith("W/") ? tag.substring(2) : tag;
  }
}
