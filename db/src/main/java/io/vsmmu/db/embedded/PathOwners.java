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
 * The folders and symbolic links on the way to a folder, and who could exchange one of them and so
 * lead us elsewhere.
 */
final class PathOwners {

  private static final long ROOT = 0;
  private static final int OTHERS_WRITE = 0002;
  private static final int STICKY = 01000;

  /** Links followed until it is a loop, as path_resolution(7) has it. */
  private static final int MOST_LINKS = 40;

  private final long ourselves = new UnixSystem().getUid();
  private final Map<Path, String> owned = new LinkedHashMap<>();

  private PathOwners() {}

  /**
   * Walks to a folder, which need not be there.
   *
   * @throws PrivateFolder.UntrustedFolderException if a link on the way belongs to neither us nor
   *     root, or a folder on the way lets everybody write without the sticky bit
   */
  static PathOwners to(Path folder) throws IOException {
    PathOwners way = new PathOwners();
    way.walk(folder);
    return way;
  }

  /** Folders on the way that belong to another user, who is therefore trusted. */
  Optional<String> strangers() {
    return owned.entrySet().stream()
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
      if (++links > MOST_LINKS) {
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
          "it is a symbolic link of user %s, who could make it name another folder"
              .formatted(owner(link)));
    }
  }

  private void checkFolder(Path folder) throws IOException {
    int mode = (int) Files.getAttribute(folder, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    if ((mode & OTHERS_WRITE) != 0 && (mode & STICKY) == 0) {
      throw new PrivateFolder.UntrustedFolderException(
          folder,
          "everybody may write in it (mode %04o) and exchange what is in it: remove that permission, or use another folder"
              .formatted(mode & 07777));
    }
    if (!isTrusted(folder)) {
      owned.put(folder, owner(folder));
    }
  }

  private boolean isTrusted(Path file) throws IOException {
    long uid =
        Integer.toUnsignedLong(
            (int) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS));
    return uid == ROOT || uid == ourselves;
  }

  private static String owner(Path file) throws IOException {
    return Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).getName();
  }
}
