package io.vsmmu.posix;

/**
 * Credentials of the peer of a Unix socket when it connected, from SO_PEERCRED (unix(7)).
 *
 * @param pid of the peer's process; 0 when it is not visible in this process's pid namespace
 * @param uid the peer's effective user id
 * @param gid the peer's effective group id
 */
public record PeerCredentials(int pid, int uid, int gid) {}
