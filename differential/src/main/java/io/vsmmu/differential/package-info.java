/**
 * A differential test: the same guest program on a vSMMU of ours and on QEMU's emulated SMMUv3,
 * compared after every step.
 *
 * <pre>
 * ProgramGenerator ─► Program ─► Lockstep ─┬─► GatewayMachine  (SmmuFunction, session, simulated host)
 *                        ▲                 └─► QemuMachine     (qtest, QMP, shared RAM)
 *                     Shrinker ◄── Verdict ◄── KnownDifference
 * </pre>
 */
@NullMarked
package io.vsmmu.differential;

import org.jspecify.annotations.NullMarked;
