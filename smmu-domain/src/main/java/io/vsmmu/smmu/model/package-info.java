/** The vSMMU state machine: {@code decide} and {@code evolve}, pure and total. */
@NullMarked
package io.vsmmu.smmu.model;

import org.jspecify.annotations.NullMarked;
