/**
 * The server side of vfio-user, the protocol by which a VMM uses a device in another process.
 * Source: QEMU docs/interop/vfio-user.rst.
 *
 * <table>
 * <caption>What is answered to what is wrong</caption>
 * <tr><th>the VMM sends</th><th>answer</th><th>then</th></tr>
 * <tr><td>less than a header, a size below 16 or above {@link
 *     io.vsmmu.vfiouser.ProtocolLimits#MESSAGE}</td><td>none</td><td>end: where the next
 *     message begins is unknown</td></tr>
 * <tr><td>no VERSION for {@link io.vsmmu.vfiouser.ProtocolLimits#NEGOTIATION_TIMEOUT}, or
 *     not the rest of a message for {@link
 *     io.vsmmu.vfiouser.ProtocolLimits#MESSAGE_TIMEOUT}</td><td>none</td><td>end</td></tr>
 * <tr><td>a type other than request and reply</td><td>none</td><td>end</td></tr>
 * <tr><td>anything before VERSION; a VERSION with another major, bad JSON or a capability of the
 *     wrong type</td><td>EINVAL</td><td>end</td></tr>
 * <tr><td>a second VERSION</td><td>EINVAL</td><td>goes on, nothing changed</td></tr>
 * <tr><td>a reply that nobody waits for</td><td>none</td><td>goes on, counted</td></tr>
 * <tr><td>a body or argsz that is too short, unknown flags or indices, accesses that leave their
 *     region, the client's DMA_READ and DMA_WRITE</td><td>EINVAL</td><td>goes on</td></tr>
 * <tr><td>DMA_UNMAP with a dirty bitmap, GET_REGION_IO_FDS, DIRTY_PAGES, MIG_DATA_*, numbers that
 *     are no command</td><td>EOPNOTSUPP</td><td>goes on</td></tr>
 * <tr><td>DEVICE_FEATURE, mask and unmask by eventfd</td><td>ENOTTY, as vfio</td><td>goes
 *     on</td></tr>
 * <tr><td>descriptors that the message has no use for</td><td>as without</td><td>they are
 *     closed</td></tr>
 * <tr><td>more refused requests than {@link
 *     io.vsmmu.vfiouser.ProtocolLimits#REFUSALS}</td><td>the last refusal</td><td>end</td></tr>
 * </table>
 *
 * <p>Whatever is wrong with a request, NO_REPLY is honoured. DMA_UNMAP with the flag "all" takes
 * address 0 and size 0 only, as vfio does. BAR0 takes accesses of 1, 2, 4 and 8 bytes; all others
 * read as 0 and are told to the function once, with value 0.
 */
@NullMarked
package io.vsmmu.vfiouser;

import org.jspecify.annotations.NullMarked;
