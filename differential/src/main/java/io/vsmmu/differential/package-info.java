/**
 * A differential test: runs the same guest program on a vSMMU and on QEMU's emulated SMMUv3, and
 * compares the two after every step.
 *
 * <pre>
 * ProgramGenerator ─► Program ─► Lockstep ─┬─► GatewayMachine  (SmmuFunction, session, simulated host)
 *                        ▲                 └─► QemuMachine     (qtest, QMP, shared RAM)
 *                     Shrinker ◄── ProgramResult ◄── KnownDifference
 * </pre>
 */
@NullMarked
package io.vsmmu.differential;

import org.jspecify.annotations.NullMarked;
