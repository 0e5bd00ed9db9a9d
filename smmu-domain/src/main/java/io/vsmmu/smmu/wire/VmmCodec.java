package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.event.MemoryMapped;
import io.vsmmu.smmu.event.MemoryUnmapped;
import io.vsmmu.smmu.event.VmmConnected;
import io.vsmmu.smmu.event.VmmDisconnected;
import io.vsmmu.smmu.stimulus.Sharing;

/** The VMM and the memory that it shares. */
final class VmmCodec {

  private static final int CONNECTED_PID = 1;
  private static final int CONNECTED_UID = 2;
  private static final int DISCONNECTED_REASON = 1;
  private static final int MAPPED_ADDRESS = 1;
  private static final int MAPPED_SIZE = 2;
  private static final int MAPPED_READABLE = 3;
  private static final int MAPPED_WRITABLE = 4;
  private static final int MAPPED_SHARING = 5;
  private static final int MAPPED_KEPT = 6;
  private static final int UNMAPPED_ADDRESS = 1;
  private static final int UNMAPPED_SIZE = 2;

  private VmmCodec() {}

  static void write(WireWriter out, VmmConnected event) {
    out.word(CONNECTED_PID, event.pid());
    out.word(CONNECTED_UID, event.uid());
  }

  static VmmConnected readConnected(WireReader in) {
    long pid = 0;
    long uid = 0;
    while (in.next()) {
      switch (in.field()) {
        case CONNECTED_PID -> pid = in.word();
        case CONNECTED_UID -> uid = in.word();
        default -> in.skip();
      }
    }
    return new VmmConnected(pid, uid);
  }

  static void write(WireWriter out, VmmDisconnected event) {
    out.string(DISCONNECTED_REASON, event.reason());
  }

  static VmmDisconnected readDisconnected(WireReader in) {
    String reason = "";
    while (in.next()) {
      switch (in.field()) {
        case DISCONNECTED_REASON -> reason = in.string();
        default -> in.skip();
      }
    }
    return new VmmDisconnected(reason);
  }

  static void write(WireWriter out, MemoryMapped event) {
    out.word(MAPPED_ADDRESS, event.address());
    out.word(MAPPED_SIZE, event.size());
    out.bool(MAPPED_READABLE, event.readable());
    out.bool(MAPPED_WRITABLE, event.writable());
    out.constant(MAPPED_SHARING, EnumNumbers.SHARING, event.sharing());
    out.bool(MAPPED_KEPT, event.kept());
  }

  static MemoryMapped readMapped(WireReader in) {
    long address = 0;
    long size = 0;
    boolean readable = false;
    boolean writable = false;
    Sharing sharing = Sharing.DESCRIPTOR;
    boolean kept = false;
    while (in.next()) {
      switch (in.field()) {
        case MAPPED_ADDRESS -> address = in.word();
        case MAPPED_SIZE -> size = in.word();
        case MAPPED_READABLE -> readable = in.bool();
        case MAPPED_WRITABLE -> writable = in.bool();
        case MAPPED_SHARING -> sharing = in.constant(EnumNumbers.SHARING);
        case MAPPED_KEPT -> kept = in.bool();
        default -> in.skip();
      }
    }
    return new MemoryMapped(address, size, readable, writable, sharing, kept);
  }

  static void write(WireWriter out, MemoryUnmapped event) {
    out.word(UNMAPPED_ADDRESS, event.address());
    out.word(UNMAPPED_SIZE, event.size());
  }

  static MemoryUnmapped readUnmapped(WireReader in) {
    long address = 0;
    long size = 0;
    while (in.next()) {
      switch (in.field()) {
        case UNMAPPED_ADDRESS -> address = in.word();
        case UNMAPPED_SIZE -> size = in.word();
        default -> in.skip();
      }
    }
    return new MemoryUnmapped(address, size);
  }
}
