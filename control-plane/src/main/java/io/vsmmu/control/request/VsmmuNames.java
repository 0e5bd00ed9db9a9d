package io.vsmmu.control.request;

import io.vsmmu.db.log.AlreadyRegisteredException;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.RegisteredVsmmu.ImportStatus;
import io.vsmmu.db.log.VsmmuRegistry;
import java.util.UUID;
import java.util.regex.Pattern;

/** Names of vSMMUs: given by who creates them, or found for recordings. */
public final class VsmmuNames {

  /** What a name looks like, for people. */
  public static final String ALLOWED_TEXT =
      "1 to 63 characters of a-z, 0-9, '.', '_', '-', beginning and ending with a letter or digit,"
          + " but no UUID, which is how ids look";

  /** It is part of addresses and of a socket's file name. */
  private static final Pattern FORM = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?");

  /** An id: in a path, where a name may stand too, it has to mean one thing. */
  private static final Pattern ID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  /** How many numbered names are tried before the import gives up. */
  static final int ATTEMPTS = 10_000;

  private final VsmmuRegistry registry;

  public VsmmuNames(VsmmuRegistry registry) {
    this.registry = registry;
  }

  /** Whether something may be called that. */
  public static boolean allows(String name) {
    return FORM.matcher(name).matches() && !ID.matcher(name).matches();
  }

  /** What a recording is called whose origin gives it this name: the same, unless it is an id. */
  public static String forRecording(String origin) {
    return ID.matcher(origin).matches() ? "recording-" + origin : origin;
  }

  /**
   * Registers a log that arrives under the wanted name, or under it with the first free number
   * behind it.
   *
   * @throws RequestRefusedException when all of them are taken
   */
  public RegisteredVsmmu registerNear(String wanted, long originMicros) {
    for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
      String name = attempt == 1 ? wanted : wanted + "-" + attempt;
      if (registry.byName(name).isEmpty()) {
        try {
          return registry.register(name, UUID.randomUUID(), originMicros, ImportStatus.IMPORTING);
        } catch (AlreadyRegisteredException raced) {
          continue;
        }
      }
    }
    throw new RequestRefusedException(
        RequestRefusedException.Kind.CONFLICT,
        "name",
        wanted,
        "a name that is not taken %d times".formatted(ATTEMPTS));
  }
}
