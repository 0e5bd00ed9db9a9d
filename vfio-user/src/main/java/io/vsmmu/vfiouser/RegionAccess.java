package io.vsmmu.vfiouser;

import io.vsmmu.posix.Errno;
import io.vsmmu.vfiouser.MessageLayout.Access;
import io.vsmmu.vfiouser.MessageLayout.Header;
import io.vsmmu.vfiouser.MessageLayout.WriteMulti;
import io.vsmmu.vfiouser.pci.EmulatedConfigSpace;
import java.nio.ByteBuffer;

/**
 * Reads and writes of registers, configuration space and expansion ROM. Guests send more of these
 * than of all other requests, so messages are decoded in place and nothing is allocated.
 *
 * <p>All methods return 0, or the errno to refuse with.
 */
final class RegionAccess {

  private static final int BODY = Header.BYTES;
  private static final int DATA = BODY + Access.BYTES;

  private final PciFunction function;
  private final EmulatedConfigSpace config;
  private final Runnable configWritten;

  /**
   * @param configWritten called after a write to the configuration space
   */
  RegionAccess(PciFunction function, EmulatedConfigSpace config, Runnable configWritten) {
    this.function = function;
    this.config = config;
    this.configWritten = configWritten;
  }

  int read(ByteBuffer request, ReplyMessage reply) {
    if (request.limit() != DATA || outside(request, BODY)) {
      return Errno.EINVAL.number();
    }
    int count = Access.COUNT.getInt(request, BODY);
    ByteBuffer answer = reply.room(Access.BYTES + count);
    answer.put(BODY, request, BODY, Access.BYTES);
    int offset = Access.OFFSET.getInt(request, BODY);
    long region = Access.REGION.get(request, BODY);
    if (region == DeviceDescription.REGION_CONFIG) {
      config.read(offset, count, answer, DATA);
    } else if (region == DeviceDescription.REGION_ROM) {
      function.readRom(offset, count, answer, DATA);
    } else if (oneTransfer(count)) {
      putValue(answer, DATA, count, function.readRegister(offset, count));
    } else {
      for (int i = 0; i < count; i++) {
        answer.put(DATA + i, (byte) 0);
      }
    }
    return 0;
  }

  int write(ByteBuffer request, ReplyMessage reply) {
    if (request.limit() < DATA
        || outside(request, BODY)
        || request.limit() - DATA != Access.COUNT.getInt(request, BODY)) {
      return Errno.EINVAL.number();
    }
    writeOne(request, BODY);
    reply.room(Access.BYTES).put(BODY, request, BODY, Access.BYTES);
    return 0;
  }

  /** Carries out all writes of the message, or none when one of them is refused. */
  int writeMulti(ByteBuffer request, ReplyMessage reply) {
    int first = BODY + WriteMulti.BYTES;
    if (request.limit() < first) {
      return Errno.EINVAL.number();
    }
    long count = WriteMulti.COUNT.get(request, BODY);
    int room = (request.limit() - first) / WriteMulti.ENTRY_BYTES;
    if (Long.compareUnsigned(count, room) > 0) {
      return Errno.EINVAL.number();
    }
    for (int i = 0; i < count; i++) {
      int entry = first + i * WriteMulti.ENTRY_BYTES;
      if (outside(request, entry) || Access.COUNT.getInt(request, entry) > WriteMulti.ENTRY_DATA) {
        return Errno.EINVAL.number();
      }
    }
    for (int i = 0; i < count; i++) {
      writeOne(request, first + i * WriteMulti.ENTRY_BYTES);
    }
    WriteMulti.COUNT.put(reply.room(WriteMulti.BYTES), BODY, count);
    return 0;
  }

  private void writeOne(ByteBuffer request, int access) {
    int data = access + Access.BYTES;
    int offset = Access.OFFSET.getInt(request, access);
    int count = Access.COUNT.getInt(request, access);
    long region = Access.REGION.get(request, access);
    if (region == DeviceDescription.REGION_ROM) {
      return; // read-only: as on a bus, the write has no effect
    }
    if (region == DeviceDescription.REGION_CONFIG) {
      config.write(offset, count, request, data);
      configWritten.run();
    } else if (oneTransfer(count)) {
      function.writeRegister(offset, count, value(request, data, count));
    } else if (count > 0) {
      function.writeRegister(offset, count, 0);
    }
  }

  /** Whether an access exceeds its region or {@link ProtocolLimits#TRANSFER}. */
  private boolean outside(ByteBuffer request, int access) {
    long offset = Access.OFFSET.get(request, access);
    long count = Access.COUNT.get(request, access);
    long bytes = DeviceDescription.regionBytes(Access.REGION.get(request, access), function);
    return count > ProtocolLimits.TRANSFER
        || bytes == 0
        || offset < 0
        || offset > bytes
        || count > bytes - offset
        || offset > Integer.MAX_VALUE;
  }

  private static boolean oneTransfer(int count) {
    return count == 4 || count == 8 || count == 1 || count == 2;
  }

  private static long value(ByteBuffer bytes, int at, int count) {
    return switch (count) {
      case 1 -> bytes.get(at) & 0xFFL;
      case 2 -> bytes.getShort(at) & 0xFFFFL;
      case 4 -> bytes.getInt(at) & 0xFFFF_FFFFL;
      default -> bytes.getLong(at);
    };
  }

  private static void putValue(ByteBuffer bytes, int at, int count, long value) {
    switch (count) {
      case 1 -> bytes.put(at, (byte) value);
      case 2 -> bytes.putShort(at, (short) value);
      case 4 -> bytes.putInt(at, (int) value);
      default -> bytes.putLong(at, value);
    }
  }
}
