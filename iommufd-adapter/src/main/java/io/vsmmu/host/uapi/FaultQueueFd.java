package io.vsmmu.host.uapi;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.HostResult.Done;
import io.vsmmu.host.uapi.QueueStructs.PageFaultMessage;
import io.vsmmu.host.uapi.QueueStructs.PageResponse;
import io.vsmmu.posix.Errno;
import io.vsmmu.posix.Fd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;

/** The descriptor of a fault queue: page requests out, answers in. Thread-safe. */
public final class FaultQueueFd implements AutoCloseable {

  private final Channel channel;
  private final int id;

  private FaultQueueFd(Channel channel, int id) {
    this.channel = channel;
    this.id = id;
  }

  /** Takes the descriptor of the fault queue with this id over. */
  public static FaultQueueFd over(KernelCalls calls, int id, Fd fd) {
    return new FaultQueueFd(new Channel(calls, fd), id);
  }

  /** The fault queue's id. */
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
   * Reads page requests, whole groups only; none when there are none, or when the next group is
   * longer than {@code max}.
   *
   * @param max 1..{@link UapiLimits#PAGE_FAULTS_PER_READ}, else as near to it as allowed
   */
  public HostResult<List<PageFault>> read(int max) {
    int messages = Math.clamp(max, 1, UapiLimits.PAGE_FAULTS_PER_READ);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = PageFaultMessage.STRUCT.allocate(arena, messages);
      return channel
          .read(buffer)
          .then(
              length ->
                  HostResult.ok(
                      IntStream.range(0, (int) (length / PageFaultMessage.STRUCT.size()))
                          .mapToObj(i -> fault(PageFaultMessage.STRUCT.element(buffer, i)))
                          .toList()));
    }
  }

  private static PageFault fault(MemorySegment message) {
    return new PageFault(
        PageFaultMessage.FLAGS.getInt(message),
        PageFaultMessage.DEV_ID.getInt(message),
        PageFaultMessage.PASID.getInt(message),
        PageFaultMessage.GRPID.getInt(message),
        PageFaultMessage.PERM.getInt(message),
        PageFaultMessage.ADDR.get(message),
        PageFaultMessage.LENGTH.getInt(message),
        PageFaultMessage.COOKIE.getInt(message));
  }

  /**
   * Answers a group. EINVAL when nobody waits for this cookie.
   *
   * @param handled whether the pages are there now
   */
  public HostResult<Done> respond(int cookie, boolean handled) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment response = PageResponse.STRUCT.allocate(arena);
      PageResponse.COOKIE.set(response, cookie);
      PageResponse.CODE.set(
          response,
          handled
              ? UapiConstants.IOMMUFD_PAGE_RESP_SUCCESS
              : UapiConstants.IOMMUFD_PAGE_RESP_INVALID);
      return Channel.bytes(channel.calls().write(channel.fd(), response))
          .then(
              written ->
                  written == PageResponse.STRUCT.size()
                      ? HostResult.done()
                      : HostResult.refused(Errno.EIO));
    }
  }

  /** The descriptor; stays ours. */
  public Fd fd() {
    return channel.fd();
  }

  @Override
  public void close() {
    channel.close();
  }
}
