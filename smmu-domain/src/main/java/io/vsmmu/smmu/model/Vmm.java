package io.vsmmu.smmu.model;

/**
 * The VMM that is or was connected to the vSMMU's socket.
 *
 * @param connected whether one is connected now
 * @param pid process id of the latest one, 0 if there was none or it is unknown
 * @param uid user id of the latest one
 * @param connections the number of connections so far
 * @param reboots the number of resets by a VMM after a guest had written a register
 */
public record Vmm(boolean connected, long pid, long uid, long connections, long reboots) {

  /** No VMM has ever connected. */
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
