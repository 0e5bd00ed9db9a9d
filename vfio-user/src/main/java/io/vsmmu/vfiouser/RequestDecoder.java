package io.vsmmu.vfiouser;

import io.vsmmu.posix.Errno;
import io.vsmmu.vfiouser.MessageLayout.DmaMap;
import io.vsmmu.vfiouser.MessageLayout.DmaUnmap;
import io.vsmmu.vfiouser.MessageLayout.Header;
import io.vsmmu.vfiouser.Request.DeviceInfo;
import io.vsmmu.vfiouser.Request.IrqInfo;
import io.vsmmu.vfiouser.Request.MapMemory;
import io.vsmmu.vfiouser.Request.RegionInfo;
import io.vsmmu.vfiouser.Request.ResetDevice;
import io.vsmmu.vfiouser.Request.UnmapAllMemory;
import io.vsmmu.vfiouser.Request.UnmapMemory;
import io.vsmmu.vfiouser.Request.Version;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Decodes requests. Total: whatever the bytes are, the result is a request or a refusal. The buffer
 * holds one message from 0 to its limit, header included, and is little-endian.
 */
final class RequestDecoder {

  private static final int BODY = Header.BYTES;

  private RequestDecoder() {}

  sealed interface Decoded permits Request, Refusal {}

  /**
   * The message is refused.
   *
   * @param errno what the reply contains, as in {@link Errno}
   */
  record Refusal(int errno) implements Decoded {}

  /**
   * Decodes a request. EINVAL for accesses to regions, which {@link RegionAccess} decodes, and for
   * DMA_READ and DMA_WRITE, which only a server sends; EOPNOTSUPP and ENOTTY for commands that this
   * server does not have.
   */
  static Decoded decode(Command command, ByteBuffer message) {
    return switch (command) {
      case VERSION -> version(message);
      case DMA_MAP -> mapMemory(message);
      case DMA_UNMAP -> unmapMemory(message);
      case DEVICE_GET_INFO -> deviceInfo(message);
      case DEVICE_GET_REGION_INFO -> regionInfo(message);
      case DEVICE_GET_IRQ_INFO -> irqInfo(message);
      case DEVICE_SET_IRQS -> IrqSetDecoder.decode(message);
      case DEVICE_RESET -> new ResetDevice();
      case DEVICE_FEATURE -> feature(message);
      case DMA_READ, DMA_WRITE, REGION_READ, REGION_WRITE, REGION_WRITE_MULTI ->
          new Refusal(Errno.EINVAL.number());
      case DEVICE_GET_REGION_IO_FDS, DIRTY_PAGES, MIG_DATA_READ, MIG_DATA_WRITE ->
          new Refusal(Errno.EOPNOTSUPP.number());
    };
  }

  private static Decoded version(ByteBuffer message) {
    int json = BODY + MessageLayout.Version.BYTES;
    if (message.limit() < json) {
      return new Refusal(Errno.EINVAL.number());
    }
    int length = message.limit() - json;
    if (length > ProtocolLimits.CAPABILITIES
        || (length > 0 && message.get(message.limit() - 1) != 0)) {
      return new Refusal(Errno.EINVAL.number());
    }
    int major = MessageLayout.Version.MAJOR.getInt(message, BODY);
    int minor = MessageLayout.Version.MINOR.getInt(message, BODY);
    try {
      ByteBuffer text = message.slice(json, Math.max(length - 1, 0));
      return new Version(major, minor, StandardCharsets.UTF_8.newDecoder().decode(text).toString());
    } catch (CharacterCodingException notUtf8) {
      return new Refusal(Errno.EINVAL.number());
    }
  }

  private static Decoded mapMemory(ByteBuffer message) {
    if (lacks(message, DmaMap.BYTES, DmaMap.BYTES)) {
      return new Refusal(Errno.EINVAL.number());
    }
    int flags = DmaMap.FLAGS.getInt(message, BODY);
    if ((flags & ~(DmaMap.READABLE | DmaMap.WRITABLE)) != 0) {
      return new Refusal(Errno.EINVAL.number());
    }
    return new MapMemory(
        (flags & DmaMap.READABLE) != 0,
        (flags & DmaMap.WRITABLE) != 0,
        DmaMap.OFFSET.get(message, BODY),
        DmaMap.ADDRESS.get(message, BODY),
        DmaMap.SIZE.get(message, BODY));
  }

  private static Decoded unmapMemory(ByteBuffer message) {
    if (lacks(message, DmaUnmap.BYTES, DmaUnmap.BYTES)) {
      return new Refusal(Errno.EINVAL.number());
    }
    int flags = DmaUnmap.FLAGS.getInt(message, BODY);
    long address = DmaUnmap.ADDRESS.get(message, BODY);
    long size = DmaUnmap.SIZE.get(message, BODY);
    if ((flags & DmaUnmap.DIRTY_BITMAP) != 0) {
      return new Refusal(Errno.EOPNOTSUPP.number());
    }
    if (flags == DmaUnmap.ALL) {
      boolean plain = address == 0 && size == 0;
      return plain ? new UnmapAllMemory() : new Refusal(Errno.EINVAL.number());
    }
    return flags == 0 ? new UnmapMemory(address, size) : new Refusal(Errno.EINVAL.number());
  }

  private static Decoded deviceInfo(ByteBuffer message) {
    int bytes = MessageLayout.DeviceInfo.BYTES;
    return lacks(message, Integer.BYTES, bytes)
        ? new Refusal(Errno.EINVAL.number())
        : new DeviceInfo();
  }

  private static Decoded regionInfo(ByteBuffer message) {
    if (lacks(message, MessageLayout.RegionInfo.REQUEST_BYTES, MessageLayout.RegionInfo.BYTES)) {
      return new Refusal(Errno.EINVAL.number());
    }
    int index = MessageLayout.RegionInfo.INDEX.getInt(message, BODY);
    boolean known = index >= 0 && index < DeviceDescription.REGIONS;
    return known ? new RegionInfo(index) : new Refusal(Errno.EINVAL.number());
  }

  private static Decoded irqInfo(ByteBuffer message) {
    if (lacks(message, MessageLayout.IrqInfo.REQUEST_BYTES, MessageLayout.IrqInfo.BYTES)) {
      return new Refusal(Errno.EINVAL.number());
    }
    int index = MessageLayout.IrqInfo.INDEX.getInt(message, BODY);
    boolean known = index >= 0 && index < DeviceDescription.IRQ_KINDS;
    return known ? new IrqInfo(index) : new Refusal(Errno.EINVAL.number());
  }

  private static Decoded feature(ByteBuffer message) {
    boolean cut = lacks(message, MessageLayout.Feature.BYTES, MessageLayout.Feature.BYTES);
    return new Refusal(cut ? Errno.EINVAL.number() : Errno.ENOTTY.number());
  }

  /**
   * Whether the body is shorter than {@code bytes}, or its first field, argsz, is less than {@code
   * argsz}.
   */
  static boolean lacks(ByteBuffer message, int bytes, int argsz) {
    return message.limit() - BODY < bytes
        || Integer.compareUnsigned(message.getInt(BODY), argsz) < 0;
  }
}
