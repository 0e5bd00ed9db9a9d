package io.vsmmu.rest.access;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The interface's Unix socket, and who is accepted there without a token: the service's own user
 * and root as admin, members of two groups.
 *
 * @param path of its file; null for {@code api.sock} in the data folder
 * @param permissions of its file, who may connect at all; null for the service's user, and for the
 *     group if one is named
 * @param group of its file; null for that of the service's user
 * @param operators name of the group whose members are operators
 * @param viewers name of the group whose members are viewers
 */
@ConfigurationProperties("vsmmu.socket")
public record SocketSettings(
    @Nullable Path path,
    @Nullable String permissions,
    @Nullable String group,
    @DefaultValue("vsmmu") String operators,
    @DefaultValue("vsmmu-ro") String viewers) {

  /** The mode of its file, as nine letters. */
  public String mode() {
    if (permissions != null) {
      return permissions;
    }
    return group == null ? "rw-------" : "rw-rw----";
  }
}
