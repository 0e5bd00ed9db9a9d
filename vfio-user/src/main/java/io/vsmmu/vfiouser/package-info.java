/**
 * The server side of vfio-user, the protocol by which a VMM uses a device in another process (QEMU,
 * docs/interop/vfio-user.rst). {@link io.vsmmu.vfiouser.VfioUserConnection} is the entry.
 *
 * <table>
 * <caption>What is replied to a faulty message</caption>
 * <tr><th>the VMM sends</th><th>reply</th><th>then</th></tr>
 * <tr><td>less than a header, a size below 16 or above {@link
 *     io.vsmmu.vfiouser.ProtocolLimits#MESSAGE}</td><td>none</td><td>end: where the next
 *     message begins is unknown</td></tr>
 * <tr><td>no VERSION for {@link io.vsmmu.vfiouser.ProtocolLimits#negotiationTimeout}, or
 *     not the rest of a message for {@link
 *     io.vsmmu.vfiouser.ProtocolLimits#messageTimeout}</td><td>none</td><td>end</td></tr>
 * <tr><td>a type other than request and reply</td><td>none</td><td>end</td></tr>
 * <tr><td>anything before VERSION; a VERSION with another major, bad JSON or a capability of the
 *     wrong type</td><td>EINVAL</td><td>end</td></tr>
 * <tr><td>a second VERSION</td><td>EINVAL</td><td>continues, nothing changed</td></tr>
 * <tr><td>a reply to a message that waits for none</td><td>none</td><td>continues, counted</td></tr>
 * <tr><td>a body or argsz that is too short, unknown flags or indices, accesses that leave their
 *     region, the client's DMA_READ and DMA_WRITE</td><td>EINVAL</td><td>continues</td></tr>
 * <tr><td>DMA_UNMAP with a dirty bitmap, GET_REGION_IO_FDS, DIRTY_PAGES, MIG_DATA_*, numbers that
 *     are no command</td><td>EOPNOTSUPP</td><td>continues</td></tr>
 * <tr><td>DEVICE_FEATURE, mask and unmask by eventfd</td><td>ENOTTY, as vfio</td><td>continues</td></tr>
 * <tr><td>descriptors that the request does not use</td><td>as without them</td><td>they are
 *     closed</td></tr>
 * <tr><td>more refused requests than {@link
 *     io.vsmmu.vfiouser.ProtocolLimits#refusals}</td><td>the last refusal</td><td>end</td></tr>
 * </table>
 *
 * <p>A request with NO_REPLY is never replied to, not even with an error. DMA_UNMAP with the flag
 * "all" must have address 0 and size 0, as with vfio. BAR0 has accesses of 1, 2, 4 and 8 bytes; a
 * read of another width gives 0, a write is passed to the function once, with value 0.
 */
@NullMarked
package io.vsmmu.vfiouser;

import org.jspecify.annotations.NullMarked;
