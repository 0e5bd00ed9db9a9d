package io.vsmmu.db.embedded;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Creates and checks folders in which no other user but root can create, change or replace a file.
 */
public final class PrivateFolder {

  /** Read, write and search for the owner only. */
  public static final Set<PosixFilePermission> FOLDER_MODE =
      PosixFilePermissions.fromString("rwx------");

  /** Read and write for the owner only. */
  public static final Set<PosixFilePermission> FILE_MODE =
      PosixFilePermissions.fromString("rw-------");

  private static final Set<PosixFilePermission> OTHERS_WRITE =
      Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

  private PrivateFolder() {}

  /** Thrown for a folder whose content another user could replace; the message says how. */
  public static final class UntrustedFolderException extends FileSystemException {

    private static final long serialVersionUID = 1L;

    UntrustedFolderException(Path folder, String why) {
      super(folder.toString(), null, why);
    }
  }

  /**
   * Mode 0600 as an attribute for {@link Files#createFile}, so that it holds from the creation on.
   */
  public static FileAttribute<Set<PosixFilePermission>> fileMode() {
    return PosixFilePermissions.asFileAttribute(FILE_MODE);
  }

  /**
   * Creates a folder of mode 0700, and its parents likewise, or checks an existing one. From an
   * existing folder of this process's user, write permissions of group and others are removed.
   *
   * @return the folder's path without symbolic links
   * @throws UntrustedFolderException if the folder belongs to another user, who may have prepared
   *     its content; or if its path contains a symbolic link that belongs to neither this user nor
   *     root, or a folder that everybody may write to and that has no sticky bit
   * @throws IOException if it cannot be created
   */
  public static Path make(Path folder) throws IOException {
    Path path = folder.toAbsolutePath().normalize();
    PathOwners.to(path);
    Path parent = path.getParent();
    if (parent != null) {
      Files.createDirectories(parent, PosixFilePermissions.asFileAttribute(FOLDER_MODE));
    }
    try {
      Files.createDirectory(path, PosixFilePermissions.asFileAttribute(FOLDER_MODE));
    } catch (FileAlreadyExistsException there) {
      if (!Files.isDirectory(path)) {
        throw there;
      }
    }
    check(path.toRealPath());
    return path.toRealPath();
  }

  /**
   * A sentence about the last folder in the path that belongs to neither this process's user nor
   * root; empty if there is none. That user could replace the folders below it.
   *
   * @throws UntrustedFolderException as {@link #make}
   */
  public static Optional<String> foreignOwnerAbove(Path folder) throws IOException {
    return PathOwners.to(folder.toAbsolutePath().normalize()).foreignOwner();
  }

  private static void check(Path folder) throws IOException {
    PosixFileAttributes found =
        Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    Set<PosixFilePermission> mode = found.permissions();
    boolean open = mode.stream().anyMatch(OTHERS_WRITE::contains);
    if (found.owner().equals(processUser(folder))) {
      if (open) {
        Set<PosixFilePermission> closed = EnumSet.copyOf(mode);
        closed.removeAll(OTHERS_WRITE);
        Files.setPosixFilePermissions(folder, closed);
      }
      return;
    }
    throw new UntrustedFolderException(
        folder,
        "it belongs to user %s (mode %s), who could replace what is in it: use another folder, or give it to the user that runs vsmmu"
            .formatted(found.owner().getName(), PosixFilePermissions.toString(mode)));
  }

  /** The user of this process: the owner of a file that it creates. */
  private static UserPrincipal processUser(Path folder) throws IOException {
    Path probe = Files.createFile(folder.resolve(".vsmmu-" + UUID.randomUUID()), fileMode());
    try {
      return Files.getOwner(probe, LinkOption.NOFOLLOW_LINKS);
    } finally {
      Files.delete(probe);
    }
  }
}
