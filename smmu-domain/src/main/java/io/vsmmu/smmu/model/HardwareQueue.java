package io.vsmmu.smmu.model;

/**
 * A command queue of the guest that the physical SMMU reads itself.
 *
 * @param index from 0, without gaps
 * @param handle logical handle
 * @param kernelId the kernel's id, or 0 while the host has not answered
 * @param address guest-physical address, unsigned
 * @param size bytes
 * @param since sequence of the event that allocated it: the log is blind from there on
 */
public record HardwareQueue(
    int index, long handle, int kernelId, long address, long size, long since) {}
