package io.vsmmu.smmu.event;

import io.vsmmu.smmu.spec.IdRegisters;

/**
 * The ID registers that the guest reads from here on: properties that are {@code auto} took the
 * values of the host or of the VMM.
 */
public record IdentityResolved(IdRegisters ids) implements Consequence {}
