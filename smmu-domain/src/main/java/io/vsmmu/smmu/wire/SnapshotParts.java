package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.model.HostObject;
import io.vsmmu.smmu.model.MemoryState;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.Knowledge;
import io.vsmmu.smmu.stimulus.Sharing;

/** The parts of a state of which there are many: streams, devices, host objects. */
final class SnapshotParts {

  private static final int STREAM_ID = 1;
  private static final int STREAM_CONFIGURATION = 2;
  private static final int STREAM_EFFECTIVE = 3;
  private static final int STREAM_STE = 4;
  private static final int STREAM_KNOWLEDGE = 5;
  private static final int STREAM_FAULT = 6;
  private static final int STREAM_HWPT = 7;
  private static final int STREAM_REASON = 8;
  private static final int STREAM_SINCE = 9;

  private static final int DEVICE_STREAM_ID = 1;
  private static final int DEVICE_DEVICE = 2;
  private static final int DEVICE_HANDLE = 3;
  private static final int DEVICE_VDEVICE_HANDLE = 4;
  private static final int DEVICE_ATS_ENABLED = 5;
  private static final int DEVICE_SINCE = 6;

  private static final int OBJECT_HANDLE = 1;
  private static final int OBJECT_KIND = 2;
  private static final int OBJECT_KERNEL_ID = 3;
  private static final int OBJECT_STREAM_ID = 4;
  private static final int OBJECT_WORD0 = 5;
  private static final int OBJECT_WORD1 = 6;
  private static final int OBJECT_SINCE = 7;

  private static final int MEMORY_ADDRESS = 1;
  private static final int MEMORY_SIZE = 2;
  private static final int MEMORY_READABLE = 3;
  private static final int MEMORY_WRITABLE = 4;
  private static final int MEMORY_SHARING = 5;
  private static final int MEMORY_SINCE = 6;

  private SnapshotParts() {}

  static void writeStream(WireWriter out, StreamState stream) {
    out.uint32(STREAM_ID, stream.streamId());
    out.constant(STREAM_CONFIGURATION, EnumNumbers.BEHAVIOUR, stream.configuration());
    out.constant(STREAM_EFFECTIVE, EnumNumbers.BEHAVIOUR, stream.effective());
    StructureCodec.writeSte(out, STREAM_STE, stream.ste());
    out.constant(STREAM_KNOWLEDGE, EnumNumbers.KNOWLEDGE, stream.knowledge());
    out.uint32(STREAM_FAULT, stream.fault());
    out.word(STREAM_HWPT, stream.hwpt());
    out.constant(STREAM_REASON, EnumNumbers.REASON, stream.reason());
    out.word(STREAM_SINCE, stream.since());
  }

  static StreamState readStream(WireReader in) {
    int streamId = 0;
    StreamBehaviour configuration = StreamBehaviour.ABORT;
    StreamBehaviour effective = StreamBehaviour.ABORT;
    StreamTableEntry ste = StructureCodec.NO_STE;
    Knowledge knowledge = Knowledge.FULL;
    int fault = 0;
    long hwpt = 0;
    Reason reason = Reason.CFGI_STE;
    long since = 0;
    while (in.next()) {
      switch (in.field()) {
        case STREAM_ID -> streamId = in.uint32();
        case STREAM_CONFIGURATION -> configuration = in.constant(EnumNumbers.BEHAVIOUR);
        case STREAM_EFFECTIVE -> effective = in.constant(EnumNumbers.BEHAVIOUR);
        case STREAM_STE -> ste = StructureCodec.readSte(in);
        case STREAM_KNOWLEDGE -> knowledge = in.constant(EnumNumbers.KNOWLEDGE);
        case STREAM_FAULT -> fault = in.uint32();
        case STREAM_HWPT -> hwpt = in.word();
        case STREAM_REASON -> reason = in.constant(EnumNumbers.REASON);
        case STREAM_SINCE -> since = in.word();
        default -> in.skip();
      }
    }
    return new StreamState(
        streamId, configuration, effective, ste, knowledge, fault, hwpt, reason, since);
  }

  static void writeDevice(WireWriter out, DeviceState device) {
    out.uint32(DEVICE_STREAM_ID, device.streamId());
    out.message(DEVICE_DEVICE, device.device(), StructureCodec::writeDevice);
    out.word(DEVICE_HANDLE, device.deviceHandle());
    out.word(DEVICE_VDEVICE_HANDLE, device.vdeviceHandle());
    out.bool(DEVICE_ATS_ENABLED, device.atsEnabled());
    out.word(DEVICE_SINCE, device.since());
  }

  static DeviceState readDevice(WireReader in) {
    int streamId = 0;
    HostDevice device = StructureCodec.NO_DEVICE;
    long deviceHandle = 0;
    long vdeviceHandle = 0;
    boolean atsEnabled = false;
    long since = 0;
    while (in.next()) {
      switch (in.field()) {
        case DEVICE_STREAM_ID -> streamId = in.uint32();
        case DEVICE_DEVICE -> device = StructureCodec.readDevice(in.message());
        case DEVICE_HANDLE -> deviceHandle = in.word();
        case DEVICE_VDEVICE_HANDLE -> vdeviceHandle = in.word();
        case DEVICE_ATS_ENABLED -> atsEnabled = in.bool();
        case DEVICE_SINCE -> since = in.word();
        default -> in.skip();
      }
    }
    return new DeviceState(streamId, device, deviceHandle, vdeviceHandle, atsEnabled, since);
  }

  static void writeObject(WireWriter out, HostObject object) {
    out.word(OBJECT_HANDLE, object.handle());
    out.constant(OBJECT_KIND, SnapshotNumbers.OBJECT_KIND, object.kind());
    out.uint32(OBJECT_KERNEL_ID, object.kernelId());
    out.signed(OBJECT_STREAM_ID, object.streamId());
    out.word(OBJECT_WORD0, object.word0());
    out.word(OBJECT_WORD1, object.word1());
    out.word(OBJECT_SINCE, object.since());
  }

  static HostObject readObject(WireReader in) {
    long handle = 0;
    HostObject.Kind kind = HostObject.Kind.IOAS;
    int kernelId = 0;
    int streamId = 0;
    long word0 = 0;
    long word1 = 0;
    long since = 0;
    while (in.next()) {
      switch (in.field()) {
        case OBJECT_HANDLE -> handle = in.word();
        case OBJECT_KIND -> kind = in.constant(SnapshotNumbers.OBJECT_KIND);
        case OBJECT_KERNEL_ID -> kernelId = in.uint32();
        case OBJECT_STREAM_ID -> streamId = in.signed32();
        case OBJECT_WORD0 -> word0 = in.word();
        case OBJECT_WORD1 -> word1 = in.word();
        case OBJECT_SINCE -> since = in.word();
        default -> in.skip();
      }
    }
    return new HostObject(handle, kind, kernelId, streamId, word0, word1, since);
  }

  static void writeMemory(WireWriter out, MemoryState memory) {
    out.word(MEMORY_ADDRESS, memory.address());
    out.word(MEMORY_SIZE, memory.size());
    out.bool(MEMORY_READABLE, memory.readable());
    out.bool(MEMORY_WRITABLE, memory.writable());
    out.constant(MEMORY_SHARING, EnumNumbers.SHARING, memory.sharing());
    out.word(MEMORY_SINCE, memory.since());
  }

  static MemoryState readMemory(WireReader in) {
    long address = 0;
    long size = 0;
    boolean readable = false;
    boolean writable = false;
    Sharing sharing = Sharing.DESCRIPTOR;
    long since = 0;
    while (in.next()) {
      switch (in.field()) {
        case MEMORY_ADDRESS -> address = in.word();
        case MEMORY_SIZE -> size = in.word();
        case MEMORY_READABLE -> readable = in.bool();
        case MEMORY_WRITABLE -> writable = in.bool();
        case MEMORY_SHARING -> sharing = in.constant(EnumNumbers.SHARING);
        case MEMORY_SINCE -> since = in.word();
        default -> in.skip();
      }
    }
    return new MemoryState(address, size, readable, writable, sharing, since);
  }
}
