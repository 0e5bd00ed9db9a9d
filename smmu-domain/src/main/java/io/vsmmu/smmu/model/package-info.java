/**
 * The vSMMU's state machine: {@code decide} and {@code evolve}, pure and total; {@link
 * io.vsmmu.smmu.model.Vsmmu} is the entry to both. Each concern has its part of the state, classes
 * that decide, and one class that applies its events:
 *
 * <table>
 * <caption>Concerns</caption>
 * <tr><th>concern</th><th>state</th><th>decides</th><th>applies events</th></tr>
 * <tr><td>creation to deletion, reset</td><td>{@code Lifecycle}</td>
 *     <td>{@code LifecycleDecisions}</td><td>{@code LifecycleEvolution}</td></tr>
 * <tr><td>the VMM, guest memory, IDR0.MSI</td><td>{@code VmmConnection}, {@code MemoryState}</td>
 *     <td>{@code VmmDecisions}</td><td>{@code VmmEvolution}</td></tr>
 * <tr><td>host devices</td><td>{@code DeviceState}, {@code HostHandles}, {@code HostObject}</td>
 *     <td>{@code DeviceDecisions}</td><td>{@code DeviceEvolution}</td></tr>
 * <tr><td>streams</td><td>{@code StreamState}</td>
 *     <td>{@code StreamPlacement}, {@code StreamReinstallation}</td>
 *     <td>{@code StreamEvolution}</td></tr>
 * <tr><td>the register frame</td><td>{@code RegisterFile}</td><td>{@code RegisterWrites}</td>
 *     <td>{@code RegisterEvolution}</td></tr>
 * <tr><td>the command queue</td><td>{@code CommandQueue}, {@code CommandCounts}</td>
 *     <td>{@code CommandConsumption}, {@code CommandVerdict}, {@code CommandQueueErrors}</td>
 *     <td>{@code CommandQueueEvolution}</td></tr>
 * <tr><td>hardware queues</td><td>{@code HardwareQueue}</td><td>{@code HardwareQueueDecisions}</td>
 *     <td>{@code HardwareQueueEvolution}</td></tr>
 * <tr><td>what the host did</td><td>{@code Health}</td><td>{@code HostOutcomes}</td>
 *     <td>{@code HostOutcomeEvolution}</td></tr>
 * <tr><td>event and PRI queue, abort errors in GERROR</td><td>{@code RegisterFile}</td>
 *     <td>{@code FaultDecisions}, {@code PageRequestDecisions}, {@code GlobalErrorDecisions}</td>
 *     <td>{@code OutputQueueEvolution}</td></tr>
 * <tr><td>recordings of other SMMUs</td><td>{@code Observations}</td>
 *     <td>{@code RecordingDecisions}, {@code RecordedVerdicts}</td>
 *     <td>{@code RecordingEvolution}</td></tr>
 * </table>
 */
@NullMarked
package io.vsmmu.smmu.model;

import org.jspecify.annotations.NullMarked;
