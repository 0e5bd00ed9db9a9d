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
 * The descriptor of a vEVENTQ of type ARM_SMMUV3, from which the events that the physical SMMU
 * recorded for a guest's devices are read. Thread-safe.
 */
public final class VeventQueueFd implements AutoCloseable {

  private static final long HEADER = VeventHeader.STRUCT.size();
  private static final long RECORD = HEADER + VeventArmSmmuv3.STRUCT.size();

  private final KernelFile file;
  private final int id;

  private VeventQueueFd(KernelFile file, int id) {
    this.file = file;
    this.id = id;
  }

  /** Takes over the descriptor of the vEVENTQ with this id, which {@link #close} closes. */
  public static VeventQueueFd over(KernelCalls calls, int id, Fd fd) {
    return new VeventQueueFd(new KernelFile(calls, fd), id);
  }

  public int id() {
    return id;
  }

  /**
   * Waits until an event can be read.
   *
   * @return false after the timeout
   * @param timeoutMillis longest wait in milliseconds; 0 does not wait
   */
  public HostResult<Boolean> poll(int timeoutMillis) {
    return file.poll(timeoutMillis);
  }

  /**
   * Reads records; an empty list when the queue is empty. The kernel writes whole records only;
   * EPROTO when the bytes are not a sequence of records.
   *
   * @param max most records to read; clamped to 1..{@link UapiLimits#VEVENTS_PER_READ}
   */
  public HostResult<List<Vevent>> read(int max) {
    int records = Math.clamp(max, 1, UapiLimits.VEVENTS_PER_READ);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(records * RECORD, Long.BYTES);
      return file.read(buffer).then(length -> parse(buffer.asSlice(0, length)));
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

  /** The descriptor, which remains this object's to close. */
  public Fd fd() {
    return file.fd();
  }

  /** Closes the descriptor, after which the vEVENTQ may be destroyed. */
  @Override
  public void close() {
    file.close();
  }
}
