package io.vsmmu.host.simulated;

import io.vsmmu.posix.Errno;

/**
 * A fault of one command within a batch.
 *
 * @param entry index of the command, from 0
 * @param errno what the kernel gives for it
 */
record EntryFault(int entry, Errno errno) {}
