package io.vsmmu.rest.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;

/** The file of the interface's Unix socket. */
final class SocketFile {

  /** Bytes of a path of a socket, without the zero behind it (unix(7)). */
  static final int PATH_BYTES = 107;

  private SocketFile() {}

  /** Whether a socket can have this path. */
  static boolean fits(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length <= PATH_BYTES;
  }

  /**
   * Removes the file that a service which does not run any more has left.
   *
   * @throws IllegalStateException if a service listens there, or the file is no socket
   */
  static void free(Path path) {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (SocketChannel _ = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      throw new IllegalStateException(
          "Another process listens on the socket %s (vsmmu.socket.path); end it, or give another path"
              .formatted(path));
    } catch (IOException unused) {
      remove(path);
    }
  }

  private static void remove(Path path) {
    try {
      if (!Files.readAttributes(
              path, java.nio.file.attribute.BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .isOther()) {
        throw new IllegalStateException(
            "%s is no socket (vsmmu.socket.path); remove it, or give another path".formatted(path));
      }
      Files.delete(path);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Gives the file to a group. */
  static void chgrp(Path path, String group) {
    try {
      Files.getFileAttributeView(path, PosixFileAttributeView.class)
          .setGroup(
              path.getFileSystem()
                  .getUserPrincipalLookupService()
                  .lookupPrincipalByGroupName(group));
    } catch (IOException failed) {
      throw new UncheckedIOException(
          "The socket %s cannot be given to the group %s (vsmmu.socket.group)"
              .formatted(path, group),
          failed);
    }
  }
}
