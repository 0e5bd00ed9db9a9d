package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.DeviceDetached;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.SteReading;
import java.util.Optional;

/** Devices coming and going. */
final class DeviceCodec {

  private static final int ATTACHED_STREAM_ID = 1;
  private static final int ATTACHED_DEVICE = 2;
  private static final int ATTACHED_ATS = 3;
  private static final int ATTACHED_RESOLVED = 4;
  private static final int ATTACHED_READING = 5;
  private static final int ATTACHED_DEVICE_HANDLE = 6;
  private static final int ATTACHED_VDEVICE_HANDLE = 7;
  private static final int ATTACHED_ATS_ENABLED = 8;
  private static final int ATTACHED_FIRST_HANDLE = 9;

  private static final int DETACHED_STREAM_ID = 1;
  private static final int DETACHED_DEVICE_HANDLE = 2;
  private static final int DETACHED_VDEVICE_HANDLE = 3;
  private static final int DETACHED_FREED_HWPT = 4;
  private static final int DETACHED_FREED_SHARED = 5;
  private static final int DETACHED_SHOWN_BEFORE = 6;

  private DeviceCodec() {}

  static void write(WireWriter out, DeviceAttached event) {
    out.uint32(ATTACHED_STREAM_ID, event.streamId());
    out.message(ATTACHED_DEVICE, event.device(), StructureCodec::writeDevice);
    out.constant(ATTACHED_ATS, EnumNumbers.AUTO_SWITCH, event.ats());
    out.message(ATTACHED_RESOLVED, event.resolved(), StructureCodec::writeIds);
    out.message(ATTACHED_READING, event.reading(), StructureCodec::writeReading);
    out.word(ATTACHED_DEVICE_HANDLE, event.deviceHandle());
    out.word(ATTACHED_VDEVICE_HANDLE, event.vdeviceHandle());
    out.bool(ATTACHED_ATS_ENABLED, event.atsEnabled());
    out.word(ATTACHED_FIRST_HANDLE, event.firstHandle());
  }

  static DeviceAttached readAttached(WireReader in) {
    int streamId = 0;
    HostDevice device = StructureCodec.NO_DEVICE;
    OnOffAuto ats = OnOffAuto.AUTO;
    IdRegisters resolved = StructureCodec.NO_IDS;
    SteReading reading = StructureCodec.NO_READING;
    long deviceHandle = 0;
    long vdeviceHandle = 0;
    boolean atsEnabled = false;
    long firstHandle = 0;
    while (in.next()) {
      switch (in.field()) {
        case ATTACHED_STREAM_ID -> streamId = in.uint32();
        case ATTACHED_DEVICE -> device = StructureCodec.readDevice(in.message());
        case ATTACHED_ATS -> ats = in.constant(EnumNumbers.AUTO_SWITCH);
        case ATTACHED_RESOLVED -> resolved = StructureCodec.readIds(in.message());
        case ATTACHED_READING -> reading = StructureCodec.readReading(in.message());
        case ATTACHED_DEVICE_HANDLE -> deviceHandle = in.word();
        case ATTACHED_VDEVICE_HANDLE -> vdeviceHandle = in.word();
        case ATTACHED_ATS_ENABLED -> atsEnabled = in.bool();
        case ATTACHED_FIRST_HANDLE -> firstHandle = in.word();
        default -> in.skip();
      }
    }
    return new DeviceAttached(
        streamId,
        device,
        ats,
        resolved,
        reading,
        deviceHandle,
        vdeviceHandle,
        atsEnabled,
        firstHandle);
  }

  static void write(WireWriter out, DeviceDetached event) {
    out.uint32(DETACHED_STREAM_ID, event.streamId());
    out.word(DETACHED_DEVICE_HANDLE, event.deviceHandle());
    out.word(DETACHED_VDEVICE_HANDLE, event.vdeviceHandle());
    out.word(DETACHED_FREED_HWPT, event.freedHwpt());
    out.word(DETACHED_FREED_SHARED, event.freedShared());
    event
        .shownBefore()
        .ifPresent(ids -> out.message(DETACHED_SHOWN_BEFORE, ids, StructureCodec::writeIds));
  }

  static DeviceDetached readDetached(WireReader in) {
    int streamId = 0;
    long deviceHandle = 0;
    long vdeviceHandle = 0;
    long freedHwpt = 0;
    long freedShared = 0;
    Optional<IdRegisters> shownBefore = Optional.empty();
    while (in.next()) {
      switch (in.field()) {
        case DETACHED_STREAM_ID -> streamId = in.uint32();
        case DETACHED_DEVICE_HANDLE -> deviceHandle = in.word();
        case DETACHED_VDEVICE_HANDLE -> vdeviceHandle = in.word();
        case DETACHED_FREED_HWPT -> freedHwpt = in.word();
        case DETACHED_FREED_SHARED -> freedShared = in.word();
        case DETACHED_SHOWN_BEFORE ->
            shownBefore = Optional.of(StructureCodec.readIds(in.message()));
        default -> in.skip();
      }
    }
    return new DeviceDetached(
        streamId, deviceHandle, vdeviceHandle, freedHwpt, freedShared, shownBefore);
  }
}
