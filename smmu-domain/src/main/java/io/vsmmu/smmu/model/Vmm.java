package io.vsmmu.smmu.model;

/**
 * The VMM at the vSMMU's socket.
 *
 * @param connected whether one is there
 * @param pid process id of the last one, 0 if there was none or it is unknown
 * @param uid user id of the last one
 * @param connections how many there have been
 * @param reboots how many of its resets ended a guest that had written a register
 */
public record Vmm(boolean connected, long pid, long uid, long connections, long reboots) {

  /** Nobody ever connected. */
  public static final Vmm NONE = new Vmm(false, 0, 0, 0, 0);

  Vmm connected(long byPid, long byUid) {
    return new Vmm(true, byPid, byUid, connections + 1, reboots);
  }

  Vmm disconnected() {
    return new Vmm(false, pid, uid, connections, reboots);
  }

  Vmm rebooted() {
    return new Vmm(connected, pid, uid, connections, reboots + 1);
  }
}
