package io.vsmmu.posix;

/**
 * Who was at the other end of a socket when the connection was made (SO_PEERCRED).
 *
 * @param pid process; 0 when it is not visible from our namespace
 * @param uid effective user
 * @param gid effective group
 */
public record PeerCredentials(int pid, int uid, int gid) {}
