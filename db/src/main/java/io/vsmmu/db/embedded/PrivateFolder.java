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

/** Folders in which nobody else can put, change or exchange anything. */
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

  /** A folder of another user. */
  public static final class UntrustedFolderException extends FileSystemException {

    private static final long serialVersionUID = 1L;

    UntrustedFolderException(Path folder, String why) {
      super(folder.toString(), null, why);
    }
  }

  /** For {@link Files#createFile} and its kin: mode 0600 from the first moment on. */
  public static FileAttribute<Set<PosixFilePermission>> fileMode() {
    return PosixFilePermissions.asFileAttribute(FILE_MODE);
  }

  /**
   * Makes a folder of mode 0700 with its parents, or takes one that is there already: one that we
   * own loses the write permission of others, if it has it.
   *
   * @return the folder without links in its path
   * @throws UntrustedFolderException if it belongs to another user: it may hold what that user
   *     prepared; or if the way to it leads over a symbolic link of neither us nor root, or through
   *     a folder in which everybody may write and that has no sticky bit
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

  /** The last folder on the way to a folder that neither we nor root own, in words for people. */
  public static Optional<String> foreignOwnerAbove(Path folder) throws IOException {
    return PathOwners.to(folder.toAbsolutePath().normalize()).strangers();
  }

  private static void check(Path folder) throws IOException {
    PosixFileAttributes found =
        Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    Set<PosixFilePermission> mode = found.permissions();
    boolean open = mode.stream().anyMatch(OTHERS_WRITE::contains);
    if (found.owner().equals(ourselves(folder))) {
      if (open) {
        Set<PosixFilePermission> closed = EnumSet.copyOf(mode);
        closed.removeAll(OTHERS_WRITE);
        Files.setPosixFilePermissions(folder, closed);
      }
      return;
    }
    throw new UntrustedFolderException(
        folder,
        "it belongs to user %s (mode %s), who could exchange what is in it: another folder, or give it to the user that runs vsmmu"
            .formatted(found.owner().getName(), PosixFilePermissions.toString(mode)));
  }

  /** Whoever owns what we make: the effective user. */
  private static UserPrincipal ourselves(Path folder) throws IOException {
    Path probe = Files.createFile(folder.resolve(".vsmmu-" + UUID.randomUUID()), fileMode());
    try {
      return Files.getOwner(probe, LinkOption.NOFOLLOW_LINKS);
    } finally {
      Files.delete(probe);
    }
  }
}
