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
public record VmmConnection(boolean connected, long pid, long uid, long connections, long reboots) {

  public static final VmmConnection NONE = new VmmConnection(false, 0, 0, 0, 0);

  VmmConnection connected(long byPid, long byUid) {
    return new VmmConnection(true, byPid, byUid, connections + 1, reboots);
  }

  VmmConnection disconnected() {
    return new VmmConnection(false, pid, uid, connections, reboots);
  }

  VmmConnection rebooted() {
    return new VmmConnection(connected, pid, uid, connections, reboots + 1);
  }
}
