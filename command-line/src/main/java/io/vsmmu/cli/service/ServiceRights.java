package io.vsmmu.cli.service;

import io.vsmmu.cli.outcome.ExitCode;
import io.vsmmu.cli.outcome.Failure;
import io.vsmmu.db.embedded.PrivateFolder;
import io.vsmmu.posix.ProcessIdentity;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;

/** What the process of a service may do, and what others may do with what it makes. */
final class ServiceRights {

  private static final int ROOT = 0;

  /** Folder of the data directory. */
  static final String TEMPORARY = "tmp";

  /** Where jffi and zstd-jni unpack what they load into this process. */
  private static final List<String> UNPACKING = List.of("jffi.extract.dir", "ZstdTempFolder");

  private static final String ROOT_WARNING =
      "The service runs as root: whoever finds a way into it has all of this machine. Start it as a"
          + " user of its own; for --host iommufd that user needs access to /dev/iommu and"
          + " /dev/vfio (docs/service.md)";

  private static final String STRANGER_WARNING =
      "The folder %s, who could exchange the data directory below it (docs/service.md).";

  private ServiceRights() {}

  /**
   * Before the first file is made: everything is for our user alone, also native libraries, which
   * would unpack themselves into the system's temporary directory. Warns root.
   *
   * @param dataDir claimed by this process
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

  /** Says it in the log too, once that is there. */
  static void tellLog() {
    if (ProcessIdentity.effectiveUid() == ROOT) {
      System.getLogger(ServiceRights.class.getName()).log(Level.WARNING, ROOT_WARNING);
    }
  }
}
