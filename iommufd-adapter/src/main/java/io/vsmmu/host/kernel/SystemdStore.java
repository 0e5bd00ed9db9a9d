package io.vsmmu.host.kernel;

import io.vsmmu.posix.Fd;
import io.vsmmu.posix.NotifySocket;
import io.vsmmu.posix.PassedDescriptor;
import io.vsmmu.posix.PosixException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;

/**
 * systemd's store of descriptors (systemd.service(5), FileDescriptorStoreMax=; sd_notify(3),
 * FDSTORE). systemd passes the stored descriptors to the next process of the service.
 */
public final class SystemdStore implements DescriptorStore {

  private static final System.Logger LOGGER = System.getLogger(SystemdStore.class.getName());

  /** The variable in which systemd gives the size of the unit's store, from version 254 on. */
  private static final String SIZE_VARIABLE = "FDSTORE";

  private final NotifySocket manager;
  private List<PassedDescriptor> passed;

  private SystemdStore(NotifySocket manager, List<PassedDescriptor> passed) {
    this.manager = manager;
    this.passed = passed;
  }

  /**
   * The store of this process's unit; {@link DescriptorStore#NONE} where there is none. To be
   * called once, because it takes over the descriptors that systemd passed.
   *
   * @param environment of this process
   * @param pid of this process
   */
  public static DescriptorStore of(Map<String, String> environment, long pid) {
    if (environment.getOrDefault(SIZE_VARIABLE, "0").equals("0")) {
      return NONE;
    }
    return NotifySocket.of(environment)
        .<DescriptorStore>map(
            manager -> new SystemdStore(manager, PassedDescriptor.take(environment, pid)))
        .orElse(NONE);
  }

  @Override
  public boolean keeps() {
    return true;
  }

  @Override
  public boolean keep(String name, Fd fd) {
    // FDPOLL=0: systemd would close the file of a device that is removed, but the process that has
    // it bound decides that.
    return sent("FDSTORE=1\nFDPOLL=0\nFDNAME=" + name, List.of(fd));
  }

  @Override
  public void drop(List<String> names) {
    if (names.isEmpty()) {
      return;
    }
    names.forEach(name -> sent("FDSTOREREMOVE=1\nFDNAME=" + name, List.of()));
    try {
      if (!manager.barrier(KernelHostLimits.STORE_MILLIS)) {
        LOGGER.log(Level.WARNING, "systemd has not closed the descriptors {0} yet", names);
      }
    } catch (PosixException failed) {
      LOGGER.log(
          Level.WARNING,
          "systemd may still have the descriptors {0} open: {1}",
          names,
          failed.getMessage());
    }
  }

  private boolean sent(String message, List<Fd> descriptors) {
    try {
      manager.send(message, descriptors);
      return true;
    } catch (PosixException failed) {
      LOGGER.log(
          Level.WARNING,
          "the message {0} could not be sent to systemd: {1}",
          message.lines().toList(),
          failed.getMessage());
      return false;
    }
  }

  @Override
  public synchronized List<PassedDescriptor> kept() {
    List<PassedDescriptor> taken = passed;
    passed = List.of();
    return taken;
  }
}
