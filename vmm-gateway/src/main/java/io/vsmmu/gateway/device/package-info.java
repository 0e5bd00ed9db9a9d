/**
 * The SMMU as a VMM sees it: a PCI function whose BAR 0 is the register frame.
 *
 * <pre>
 * the thread that reads messages ─► RegisterView (reads, at once)
 *                                └► AccessQueue ─► AccessProcessor ─► GuestSession ─► SmmuFunction.changed
 *                                                  reads queue and STEs               queues, RegisterView, MSIs, INTx
 * </pre>
 */
@NullMarked
package io.vsmmu.gateway.device;

import org.jspecify.annotations.NullMarked;
