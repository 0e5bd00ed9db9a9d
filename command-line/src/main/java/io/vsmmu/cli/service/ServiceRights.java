package io.vsmmu.cli.service;

import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;
import io.vsmmu.db.embedded.PrivateFolder;
import io.vsmmu.posix.ProcessIdentity;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;

/** Keeps the files of the service private to its user, and warns when it runs as root. */
final class ServiceRights {

  private static final int ROOT = 0;

  /** Folder for temporary files, in the data directory. */
  static final String TEMPORARY = "tmp";

  /** Properties with the folders into which jffi and zstd-jni unpack native libraries. */
  private static final List<String> UNPACKING = List.of("jffi.extract.dir", "ZstdTempFolder");

  private static final String ROOT_WARNING =
      "The service runs as root: an attacker who takes it over controls this machine. Start it as a"
          + " user of its own; for --host iommufd that user needs access to /dev/iommu and"
          + " /dev/vfio (docs/service.md)";

  private static final String STRANGER_WARNING =
      "The folder %s, who could exchange the data directory below it (docs/service.md).";

  private ServiceRights() {}

  /**
   * Must be called before the first file is made. From then on files are readable by the service's
   * user alone, native libraries included, which would otherwise be unpacked into the temporary
   * directory of the system.
   *
   * @param dataDir locked by this process
   * @param err receives a warning if the user is root, or another user owns a folder above
   */
  static void limit(Path dataDir, PrintWriter err) {
    try {
      Path temporary = TemporaryFolder.emptied(dataDir.resolve(TEMPORARY));
      PrivateFolder.foreignOwnerAbove(dataDir)
          .ifPresent(
              folder -> {
                err.println("vsmmu: " + STRANGER_WARNING.formatted(folder));
                err.flush();
              });
      UNPACKING.forEach(property -> System.setProperty(property, temporary.toString()));
    } catch (TemporaryFolder.Foreign foreign) {
      throw new Failure(ExitCode.LOCAL, String.valueOf(foreign.getMessage()), foreign);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    ProcessIdentity.keepFilesPrivate();
    if (ProcessIdentity.effectiveUid() == ROOT) {
      err.println("vsmmu: " + ROOT_WARNING + ".");
      err.flush();
    }
  }

  /**
   * Repeats the warning about root in the log of the service, which exists only after the start.
   */
  static void warnInLog() {
    if (ProcessIdentity.effectiveUid() == ROOT) {
      System.getLogger(ServiceRights.class.getName()).log(Level.WARNING, ROOT_WARNING);
    }
  }
}
