package io.vsmmu.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The users and groups of this machine, as the C library knows them (nsswitch.conf(5)). A call may
 * ask a directory on the network and last as long as that does. 64-bit layouts.
 */
public final class UserDatabase {

  /** Bytes of the texts of one entry; a longer one is taken for none. */
  private static final int TEXT_BYTES = 64 << 10;

  /** Groups of one user (NGROUPS_MAX of Linux); further ones are left out. */
  private static final int GROUPS = 65536;

  private static final int STRUCT_BYTES = 64;
  private static final int UID = 16;
  private static final int GID_OF_USER = 20;
  private static final int GID_OF_GROUP = 16;

  private UserDatabase() {}

  /**
   * A user.
   *
   * @param gid of the group that the user database names
   */
  public record User(String name, int uid, int gid) {}

  /** A call that finds an entry by its name. */
  @FunctionalInterface
  private interface Lookup {
    int find(long name, long entry, long text, long bytes, long result);
  }

  /** getpwnam_r(3); empty if there is no such user. */
  public static Optional<User> user(String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment entry = arena.allocate(STRUCT_BYTES, Long.BYTES);
      return found(arena, name, entry, Libc.CALLS::getpwnam_r)
          ? Optional.of(
              new User(
                  name,
                  entry.get(ValueLayout.JAVA_INT, UID),
                  entry.get(ValueLayout.JAVA_INT, GID_OF_USER)))
          : Optional.empty();
    }
  }

  /** getgrnam_r(3): the id of a group; empty if there is no such group. */
  public static OptionalInt group(String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment entry = arena.allocate(STRUCT_BYTES, Long.BYTES);
      return found(arena, name, entry, Libc.CALLS::getgrnam_r)
          ? OptionalInt.of(entry.get(ValueLayout.JAVA_INT, GID_OF_GROUP))
          : OptionalInt.empty();
    }
  }

  private static boolean found(Arena arena, String name, MemorySegment entry, Lookup lookup) {
    MemorySegment text = arena.allocate(TEXT_BYTES);
    MemorySegment result = arena.allocate(ValueLayout.ADDRESS);
    int error =
        lookup.find(
            arena.allocateFrom(name).address(),
            entry.address(),
            text.address(),
            TEXT_BYTES,
            result.address());
    return error == 0 && result.get(ValueLayout.JAVA_LONG, 0) != 0;
  }

  /** getgrouplist(3): the ids of all groups of a user, its own one included. */
  public static Set<Integer> groups(User user) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ids = arena.allocate(ValueLayout.JAVA_INT, GROUPS);
      MemorySegment count = arena.allocateFrom(ValueLayout.JAVA_INT, GROUPS);
      int found =
          Libc.CALLS.getgrouplist(
              arena.allocateFrom(user.name()).address(),
              user.gid(),
              ids.address(),
              count.address());
      return IntStream.range(0, found < 0 ? GROUPS : found)
          .mapToObj(i -> ids.getAtIndex(ValueLayout.JAVA_INT, i))
          .collect(Collectors.toSet());
    }
  }
}
