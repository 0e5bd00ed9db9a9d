package io.vsmmu.control.request;

import io.vsmmu.db.log.AlreadyRegisteredException;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.RegisteredVsmmu.ImportStatus;
import io.vsmmu.db.log.VsmmuRegistry;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;

/** The rules for names of vSMMUs and VMs, and the choice of a free name for a recording. */
public final class VsmmuNames {

  /** The rule as text for messages. */
  public static final String ALLOWED_TEXT =
      "1 to 63 characters of a-z, 0-9, '.', '_', '-', beginning and ending with a letter or digit,"
          + " but no UUID, which is how ids look";

  /** A name is part of URLs and of the file name of a socket. */
  private static final Pattern FORM = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?");

  /** A path of the API takes a name or an id, so no name may look like an id. */
  private static final Pattern ID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  /** The number of names that are tried before the import is refused. */
  static final int ATTEMPTS = 10_000;

  private final VsmmuRegistry registry;

  public VsmmuNames(VsmmuRegistry registry) {
    this.registry = registry;
  }

  /** Whether the text is allowed as a name. */
  public static boolean allows(String name) {
    return FORM.matcher(name).matches() && !ID.matcher(name).matches();
  }

  /**
   * The name of a recording whose file or header suggests one: the same, unless it looks like an
   * id.
   */
  public static String forRecording(String origin) {
    return ID.matcher(origin).matches() ? "recording-" + origin : origin;
  }

  /**
   * Registers an imported log under a name, or if that is taken under {@code wanted-2}, {@code
   * wanted-3} and so on.
   *
   * @throws RequestRefusedException when all of them are taken
   */
  public RegisteredVsmmu registerNear(String wanted, long originMicros) {
    return near(
        wanted,
        name -> registry.register(name, UUID.randomUUID(), originMicros, ImportStatus.IMPORTING));
  }

  /**
   * Renames a vSMMU whose import is under way; the name is chosen as by {@link #registerNear}.
   *
   * @throws RequestRefusedException when all of the names are taken
   */
  public RegisteredVsmmu renameNear(RegisteredVsmmu importing, String wanted) {
    return near(wanted, name -> registry.rename(importing, name));
  }

  private RegisteredVsmmu near(String wanted, Function<String, RegisteredVsmmu> taking) {
    for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
      String name = attempt == 1 ? wanted : wanted + "-" + attempt;
      if (registry.byName(name).isEmpty()) {
        try {
          return taking.apply(name);
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
