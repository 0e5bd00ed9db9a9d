package io.vsmmu.db.embedded;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Checks the folders and symbolic links in the path to a folder: whether another user could replace
 * one of them, and so make this process use a different folder.
 */
final class PathOwners {

  private static final long ROOT = 0;
  private static final int OTHERS_WRITE = 0002;
  private static final int STICKY = 01000;

  /** Most symbolic links followed, as the kernel does before it fails with ELOOP. */
  private static final int MAX_LINKS = 40;

  private final long processUid = new UnixSystem().getUid();

  /** Folders in the path that belong to neither this process's user nor root, with their owners. */
  private final Map<Path, String> foreign = new LinkedHashMap<>();

  private PathOwners() {}

  /**
   * Checks the path to a folder, as far as it exists.
   *
   * @throws PrivateFolder.UntrustedFolderException if a link in the path belongs to neither this
   *     process's user nor root, or everybody may write to a folder in the path that has no sticky
   *     bit
   */
  static PathOwners to(Path folder) throws IOException {
    PathOwners way = new PathOwners();
    way.walk(folder);
    return way;
  }

  /**
   * A sentence about the last folder in the path that belongs to another user than this process's
   * and root. Such a user is trusted: the folder is reported, not refused.
   */
  Optional<String> foreignOwner() {
    return foreign.entrySet().stream()
        .reduce((first, second) -> second)
        .map(entry -> "%s belongs to user %s".formatted(entry.getKey(), entry.getValue()));
  }

  private void walk(Path folder) throws IOException {
    Path at = folder.getRoot();
    Deque<Path> names = new ArrayDeque<>();
    folder.forEach(names::addLast);
    int links = 0;
    while (at != null && !names.isEmpty()) {
      checkFolder(at);
      Path next = at.resolve(names.removeFirst()).normalize();
      if (!Files.exists(next, LinkOption.NOFOLLOW_LINKS)) {
        return;
      }
      if (!Files.isSymbolicLink(next)) {
        at = next;
        continue;
      }
      checkLink(next);
      if (++links > MAX_LINKS) {
        throw new FileSystemException(next.toString(), null, "too many symbolic links");
      }
      Path target = Files.readSymbolicLink(next);
      for (int i = target.getNameCount() - 1; i >= 0; i--) {
        names.addFirst(target.getName(i));
      }
      at = target.isAbsolute() ? target.getRoot() : at;
    }
  }

  private void checkLink(Path link) throws IOException {
    if (!isTrusted(link)) {
      throw new PrivateFolder.UntrustedFolderException(
          link,
          "it is a symbolic link of user %s, who could make it point to another folder"
              .formatted(owner(link)));
    }
  }

  private void checkFolder(Path folder) throws IOException {
    int mode = (int) Files.getAttribute(folder, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    if ((mode & OTHERS_WRITE) != 0 && (mode & STICKY) == 0) {
      throw new PrivateFolder.UntrustedFolderException(
          folder,
          "everybody may write to it (mode %04o) and replace what is in it: remove that permission, or use another folder"
              .formatted(mode & 07777));
    }
    if (!isTrusted(folder)) {
      foreign.put(folder, owner(folder));
    }
  }

  private boolean isTrusted(Path file) throws IOException {
    long uid =
        Integer.toUnsignedLong(
            (int) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS));
    return uid == ROOT || uid == processUid;
  }

  private static String owner(Path file) throws IOException {
    return Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).getName();
  }
}
