package io.vsmmu.vfiouser;

import io.vsmmu.posix.Errno;
import io.vsmmu.posix.Fd;
import io.vsmmu.vfiouser.MessageLayout.DmaUnmap;
import io.vsmmu.vfiouser.Request.DisableIrqs;
import io.vsmmu.vfiouser.Request.IrqInfo;
import io.vsmmu.vfiouser.Request.MapMemory;
import io.vsmmu.vfiouser.Request.RegionInfo;
import io.vsmmu.vfiouser.Request.ResetDevice;
import io.vsmmu.vfiouser.Request.SetIrq;
import io.vsmmu.vfiouser.Request.UnmapAllMemory;
import io.vsmmu.vfiouser.Request.UnmapMemory;
import io.vsmmu.vfiouser.Request.Version;
import io.vsmmu.vfiouser.RequestDecoder.Refusal;
import io.vsmmu.vfiouser.pci.EmulatedConfigSpace;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Carries out the requests of a VMM on the function, its configuration space and its interrupt
 * line. Called by the connection's leader only.
 */
final class RequestHandler {

  private static final int MAJOR = 0;
  private static final int MINOR = 0;

  private final PciFunction function;
  private final EmulatedConfigSpace config;
  private final IntxLine intx;
  private final DmaRequests dma;
  private final RegionAccess regions;
  private boolean negotiated;

  /** What was passed last to {@link PciFunction#memoryAccessChanged}. */
  private boolean mayAccessMemory;

  RequestHandler(PciFunction function, EmulatedConfigSpace config, IntxLine intx, DmaRequests dma) {
    this.function = function;
    this.config = config;
    this.intx = intx;
    this.dma = dma;
    this.regions = new RegionAccess(function, config, this::configWritten);
  }

  /** Whether the VMM has sent a VERSION that was accepted. */
  boolean negotiated() {
    return negotiated;
  }

  /**
   * Carries out a request.
   *
   * @param command null when the number in the header is none of a command
   * @param message the whole message, header included
   * @param descriptors that were sent with it; one that is taken over is removed
   * @param reply receives the body of the reply
   * @return 0, or the errno to refuse with: EINVAL for anything but VERSION before VERSION, and for
   *     a second VERSION; EOPNOTSUPP for an unknown command; what {@link RequestDecoder} and the
   *     function give otherwise
   */
  int handle(
      @Nullable Command command, ByteBuffer message, List<Fd> descriptors, ReplyMessage reply) {
    reply.empty();
    if (negotiated != (command != Command.VERSION)) {
      return Errno.EINVAL.number();
    }
    if (command == null) {
      return Errno.EOPNOTSUPP.number();
    }
    return switch (command) {
      case REGION_READ -> regions.read(message, reply);
      case REGION_WRITE -> regions.write(message, reply);
      case REGION_WRITE_MULTI -> regions.writeMulti(message, reply);
      default -> control(RequestDecoder.decode(command, message), message, descriptors, reply);
    };
  }

  private int control(
      RequestDecoder.Decoded decoded,
      ByteBuffer message,
      List<Fd> descriptors,
      ReplyMessage reply) {
    switch (decoded) {
      case Refusal refusal -> {
        return refusal.errno();
      }
      case Version version -> {
        return version(version, message, reply);
      }
      case MapMemory map -> {
        return map(map, descriptors);
      }
      case UnmapMemory unmap -> {
        return echo(function.unmapMemory(unmap.address(), unmap.size()), message, reply);
      }
      case UnmapAllMemory all -> {
        function.unmapAllMemory();
        return echo(0, message, reply);
      }
      case Request.DeviceInfo info -> DeviceDescription.device(reply);
      case RegionInfo info -> DeviceDescription.region(info.index(), function, reply);
      case IrqInfo info -> DeviceDescription.irqs(info.index(), reply);
      case SetIrq request -> {
        return intx.set(request, descriptors);
      }
      case DisableIrqs all -> intx.disable();
      case ResetDevice reset -> reset();
    }
    return 0;
  }

  private int version(Version version, ByteBuffer message, ReplyMessage reply) {
    Capabilities proposed = Capabilities.parse(version.json());
    if (version.major() != MAJOR || proposed == null) {
      return Errno.EINVAL.number();
    }
    // A reply that is longer than the request makes QEMU drop the connection.
    int room = message.limit() - ReplyMessage.BODY - MessageLayout.Version.BYTES;
    byte[] json = proposed.reply(room);
    ByteBuffer body = reply.body(MessageLayout.Version.BYTES + json.length);
    MessageLayout.Version.MAJOR.put(body, ReplyMessage.BODY, MAJOR);
    MessageLayout.Version.MINOR.put(body, ReplyMessage.BODY, Math.min(version.minor(), MINOR));
    body.put(ReplyMessage.BODY + MessageLayout.Version.BYTES, json);
    dma.negotiated(proposed.transfer());
    negotiated = true;
    function.negotiated();
    return 0;
  }

  private int map(MapMemory map, List<Fd> descriptors) {
    if (descriptors.size() > 1) {
      return Errno.EINVAL.number();
    }
    Fd descriptor = descriptors.isEmpty() ? null : descriptors.removeFirst();
    return function.mapMemory(
        map.address(), map.size(), map.readable(), map.writable(), map.offset(), descriptor);
  }

  private static int echo(int errno, ByteBuffer message, ReplyMessage reply) {
    if (errno == 0) {
      reply.room(DmaUnmap.BYTES).put(ReplyMessage.BODY, message, ReplyMessage.BODY, DmaUnmap.BYTES);
    }
    return errno;
  }

  private void reset() {
    config.reset();
    intx.reset();
    updateMemoryAccess();
    function.reset();
  }

  private void configWritten() {
    updateMemoryAccess();
    intx.configWritten();
  }

  private void updateMemoryAccess() {
    if (mayAccessMemory != config.mayAccessMemory()) {
      mayAccessMemory = config.mayAccessMemory();
      function.memoryAccessChanged(mayAccessMemory);
    }
  }

  /** Takes the VMM's memory and interrupts from the function, after the last message. */
  void end() {
    config.reset();
    intx.close();
    updateMemoryAccess();
    function.unmapAllMemory();
  }
}
