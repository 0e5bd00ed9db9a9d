package io.vsmmu.rest.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vsmmu.posix.ProcessIdentity;
import io.vsmmu.posix.UserDatabase;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** The clients of the Unix socket, by the groups of the users that they are. Thread-safe. */
final class PeerCallers {

  private static final int ROOT = 0;

  private final SocketSettings settings;
  private final Cache<String, Optional<Role>> roles =
      Caffeine.newBuilder()
          .maximumSize(AccessLimits.PEERS)
          .expireAfterWrite(AccessLimits.PEER_LIFETIME)
          .build();

  PeerCallers(SocketSettings settings) {
    this.settings = settings;
  }

  /** The client that a user is; empty for one who may do nothing. */
  Optional<Caller> caller(String user) {
    return role(user)
        .map(
            role ->
                new Caller(
                    Subjects.of("user", user),
                    role,
                    VmScope.ALL,
                    () -> role(user).filter(it -> it.includes(role)).isPresent()));
  }

  private Optional<Role> role(String user) {
    return roles.get(user, name -> UserDatabase.user(name).flatMap(this::found));
  }

  private Optional<Role> found(UserDatabase.User user) {
    if (user.uid() == ROOT || user.uid() == ProcessIdentity.effectiveUid()) {
      return Optional.of(Role.ADMIN);
    }
    Set<Integer> groups = UserDatabase.groups(user);
    if (contains(groups, settings.operators())) {
      return Optional.of(Role.OPERATOR);
    }
    return contains(groups, settings.viewers()) ? Optional.of(Role.VIEWER) : Optional.empty();
  }

  private static boolean contains(Set<Integer> groups, String name) {
    OptionalInt group = UserDatabase.group(name);
    return group.isPresent() && groups.contains(group.getAsInt());
  }
}
