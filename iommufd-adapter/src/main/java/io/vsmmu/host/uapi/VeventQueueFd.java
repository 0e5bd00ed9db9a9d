package io.vsmmu.host.uapi;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.Vevent;
import io.vsmmu.host.uapi.QueueStructs.VeventArmSmmuv3;
import io.vsmmu.host.uapi.QueueStructs.VeventHeader;
import io.vsmmu.posix.Errno;
import io.vsmmu.posix.Fd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The descriptor of a vEVENTQ of type ARM_SMMUV3: what the physical SMMU reported for a guest.
 * Thread-safe.
 */
public final class VeventQueueFd implements AutoCloseable {

  private static final long HEADER = VeventHeader.STRUCT.size();
  private static final long RECORD = HEADER + VeventArmSmmuv3.STRUCT.size();

  private final Channel channel;
  private final int id;

  private VeventQueueFd(Channel channel, int id) {
    this.channel = channel;
    this.id = id;
  }

  /** Takes the descriptor of the vEVENTQ with this id over. */
  public static VeventQueueFd over(KernelCalls calls, int id, Fd fd) {
    return new VeventQueueFd(new Channel(calls, fd), id);
  }

  /** The vEVENTQ's id. */
  public int id() {
    return id;
  }

  /**
   * Waits until there is something to read.
   *
   * @param timeoutMillis 0 does not wait
   */
  public HostResult<Boolean> poll(int timeoutMillis) {
    return channel.poll(timeoutMillis);
  }

  /**
   * Reads records; none when there are none. The kernel gives whole records only; EPROTO when what
   * it gave is none.
   *
   * @param max 1..{@link UapiLimits#VEVENTS_PER_READ}, else as near to it as allowed
   */
  public HostResult<List<Vevent>> read(int max) {
    int records = Math.clamp(max, 1, UapiLimits.VEVENTS_PER_READ);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(records * RECORD, Long.BYTES);
      return channel.read(buffer).then(length -> parse(buffer.asSlice(0, length)));
    }
  }

  private static HostResult<List<Vevent>> parse(MemorySegment bytes) {
    List<Vevent> events = new ArrayList<>();
    long at = 0;
    while (bytes.byteSize() - at >= HEADER) {
      MemorySegment header = bytes.asSlice(at, HEADER);
      int sequence = VeventHeader.SEQUENCE.getInt(header);
      if ((VeventHeader.FLAGS.getInt(header) & Vevent.FLAG_LOST_EVENTS) != 0) {
        events.add(new Vevent.LostEvents(sequence));
        at += HEADER;
      } else if (bytes.byteSize() - at >= RECORD) {
        events.add(fault(sequence, bytes.asSlice(at + HEADER, RECORD - HEADER)));
        at += RECORD;
      } else {
        break;
      }
    }
    return at == bytes.byteSize()
        ? HostResult.ok(List.copyOf(events))
        : HostResult.refused(Errno.EPROTO);
  }

  private static Vevent fault(int sequence, MemorySegment event) {
    return new Vevent.Fault(
        sequence,
        VeventArmSmmuv3.EVT.get(event, 0),
        VeventArmSmmuv3.EVT.get(event, 1),
        VeventArmSmmuv3.EVT.get(event, 2),
        VeventArmSmmuv3.EVT.get(event, 3));
  }

  /** The descriptor; stays ours. */
  public Fd fd() {
    return channel.fd();
  }

  /** Closes the descriptor, after which the vEVENTQ may be destroyed. */
  @Override
  public void close() {
    channel.close();
  }
}
