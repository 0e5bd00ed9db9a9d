package io.vsmmu.host.simulated;

/**
 * A command that reached the simulated physical SMMU.
 *
 * @param guest0 bits 63:0 as the caller gave them
 * @param guest1 bits 127:64 as the caller gave them
 * @param host0 bits 63:0 as issued: VMID or StreamID replaced by the host's
 * @param host1 bits 127:64 as issued
 */
public record IssuedCommand(long guest0, long guest1, long host0, long host1) {}
