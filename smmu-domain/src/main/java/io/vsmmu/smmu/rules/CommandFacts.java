package io.vsmmu.smmu.rules;

import io.vsmmu.smmu.spec.IdRegisters;

/**
 * What the meaning of a command depends on besides the command.
 *
 * @param enabled CR0.SMMUEN
 */
public record CommandFacts(IdRegisters ids, boolean enabled) {}
