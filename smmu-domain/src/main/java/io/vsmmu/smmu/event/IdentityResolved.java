package io.vsmmu.smmu.event;

import io.vsmmu.smmu.spec.IdRegisters;

/** {@code auto} properties took the host's values; the guest reads these ID registers. */
public record IdentityResolved(IdRegisters ids) implements Consequence {}
