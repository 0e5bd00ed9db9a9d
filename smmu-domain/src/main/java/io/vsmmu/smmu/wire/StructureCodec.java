package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.spec.HardwareQueues;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.Knowledge;
import io.vsmmu.smmu.stimulus.SteReading;
import java.util.ArrayList;
import java.util.List;

/** What several events hold: ID registers, STEs and their readings, host devices, properties. */
final class StructureCodec {

  /** What absent ID registers read as. */
  static final IdRegisters NO_IDS = new IdRegisters(0, 0, 0, 0, 0, 0, 0, 0);

  /** What an absent STE reads as. */
  static final StreamTableEntry NO_STE = StreamTableEntry.ofTwoWords(0, 0);

  /** What an absent reading reads as. */
  static final SteReading NO_READING =
      new SteReading(0, SteReading.Outcome.READ, NO_STE, Knowledge.FULL);

  /** What an absent device reads as. */
  static final HostDevice NO_DEVICE = new HostDevice("", "", 0, NO_IDS, false);

  /** What absent properties read as. */
  static final VsmmuProperties NO_PROPERTIES =
      new VsmmuProperties(OnOffAuto.AUTO, OnOffAuto.AUTO, 0, 0, OnOffAuto.OFF);

  private static final int READING_STREAM_ID = 1;
  private static final int READING_OUTCOME = 2;
  private static final int READING_STE = 3;
  private static final int READING_KNOWLEDGE = 4;

  private static final int DEVICE_ADDRESS = 1;
  private static final int DEVICE_PHYSICAL_SMMU = 2;
  private static final int DEVICE_GROUP = 3;
  private static final int DEVICE_HOST_IDS = 4;
  private static final int DEVICE_ATS_SUPPORTED = 5;
  private static final int DEVICE_GROUP_MATE = 6;
  private static final int DEVICE_OWNED_BY_VMM = 7;

  private static final int PROPERTIES_ATS = 1;
  private static final int PROPERTIES_RIL = 2;
  private static final int PROPERTIES_OAS = 3;
  private static final int PROPERTIES_SSID_SIZE = 4;
  private static final int PROPERTIES_MSI = 5;
  private static final int PROPERTIES_HARDWARE_QUEUES = 6;

  private StructureCodec() {}

  /** The registers in the order of their offsets, fields 1 to 8. */
  static void writeIds(WireWriter out, IdRegisters ids) {
    out.uint32(1, ids.idr0());
    out.uint32(2, ids.idr1());
    out.uint32(3, ids.idr2());
    out.uint32(4, ids.idr3());
    out.uint32(5, ids.idr4());
    out.uint32(6, ids.idr5());
    out.uint32(7, ids.iidr());
    out.uint32(8, ids.aidr());
  }

  static IdRegisters readIds(WireReader in) {
    int[] ids = new int[8];
    while (in.next()) {
      if (in.field() <= ids.length) {
        ids[in.field() - 1] = in.uint32();
      } else {
        in.skip();
      }
    }
    return new IdRegisters(ids[0], ids[1], ids[2], ids[3], ids[4], ids[5], ids[6], ids[7]);
  }

  /** The words of an STE without the zero words at its end; nothing for an STE of zeros. */
  static void writeSte(WireWriter out, int field, StreamTableEntry ste) {
    long[] words = ste.words();
    int count = words.length;
    while (count > 0 && words[count - 1] == 0) {
      count--;
    }
    if (count == 0) {
      return;
    }
    out.blockOf(field, count * Long.BYTES);
    for (int i = 0; i < count; i++) {
      out.blockWord(words[i]);
    }
  }

  static StreamTableEntry readSte(WireReader in) {
    int count = in.block(Long.BYTES) / Long.BYTES;
    if (count > StreamTableEntry.WORDS) {
      throw in.malformed("an STE of " + count + " words");
    }
    long[] words = new long[StreamTableEntry.WORDS];
    for (int i = 0; i < count; i++) {
      words[i] = in.blockWord();
    }
    return StreamTableEntry.of(words);
  }

  static void writeReading(WireWriter out, SteReading reading) {
    out.uint32(READING_STREAM_ID, reading.streamId());
    out.constant(READING_OUTCOME, EnumNumbers.READING_OUTCOME, reading.outcome());
    writeSte(out, READING_STE, reading.ste());
    out.constant(READING_KNOWLEDGE, EnumNumbers.KNOWLEDGE, reading.knowledge());
  }

  static SteReading readReading(WireReader in) {
    int streamId = 0;
    SteReading.Outcome outcome = SteReading.Outcome.READ;
    StreamTableEntry ste = NO_STE;
    Knowledge knowledge = Knowledge.FULL;
    while (in.next()) {
      switch (in.field()) {
        case READING_STREAM_ID -> streamId = in.uint32();
        case READING_OUTCOME -> outcome = in.constant(EnumNumbers.READING_OUTCOME);
        case READING_STE -> ste = readSte(in);
        case READING_KNOWLEDGE -> knowledge = in.constant(EnumNumbers.KNOWLEDGE);
        default -> in.skip();
      }
    }
    return new SteReading(streamId, outcome, ste, knowledge);
  }

  static void writeDevice(WireWriter out, HostDevice device) {
    out.string(DEVICE_ADDRESS, device.address());
    out.string(DEVICE_PHYSICAL_SMMU, device.physicalSmmu());
    out.uint32(DEVICE_GROUP, device.group());
    out.message(DEVICE_HOST_IDS, device.hostIds(), StructureCodec::writeIds);
    out.bool(DEVICE_ATS_SUPPORTED, device.atsSupported());
    out.strings(DEVICE_GROUP_MATE, device.groupMates());
    out.bool(DEVICE_OWNED_BY_VMM, device.ownedByVmm());
  }

  static HostDevice readDevice(WireReader in) {
    String address = "";
    String physicalSmmu = "";
    int group = 0;
    IdRegisters hostIds = NO_IDS;
    boolean atsSupported = false;
    List<String> groupMates = new ArrayList<>();
    boolean ownedByVmm = false;
    while (in.next()) {
      switch (in.field()) {
        case DEVICE_ADDRESS -> address = in.string();
        case DEVICE_PHYSICAL_SMMU -> physicalSmmu = in.string();
        case DEVICE_GROUP -> group = in.uint32();
        case DEVICE_HOST_IDS -> hostIds = readIds(in.message());
        case DEVICE_ATS_SUPPORTED -> atsSupported = in.bool();
        case DEVICE_GROUP_MATE -> groupMates.add(in.string());
        case DEVICE_OWNED_BY_VMM -> ownedByVmm = in.bool();
        default -> in.skip();
      }
    }
    return new HostDevice(
        address, physicalSmmu, group, hostIds, atsSupported, groupMates, ownedByVmm);
  }

  static void writeProperties(WireWriter out, VsmmuProperties properties) {
    out.constant(PROPERTIES_ATS, EnumNumbers.AUTO_SWITCH, properties.ats());
    out.constant(PROPERTIES_RIL, EnumNumbers.AUTO_SWITCH, properties.ril());
    out.signed(PROPERTIES_OAS, properties.oas());
    out.signed(PROPERTIES_SSID_SIZE, properties.ssidSize());
    out.constant(PROPERTIES_MSI, EnumNumbers.LATER_SWITCH, properties.msi());
    out.constant(
        PROPERTIES_HARDWARE_QUEUES, EnumNumbers.HARDWARE_QUEUES, properties.hardwareQueues());
  }

  static VsmmuProperties readProperties(WireReader in) {
    OnOffAuto ats = OnOffAuto.AUTO;
    OnOffAuto ril = OnOffAuto.AUTO;
    int oas = 0;
    int ssidSize = 0;
    OnOffAuto msi = OnOffAuto.OFF;
    HardwareQueues hardwareQueues = HardwareQueues.OFF;
    while (in.next()) {
      switch (in.field()) {
        case PROPERTIES_ATS -> ats = in.constant(EnumNumbers.AUTO_SWITCH);
        case PROPERTIES_RIL -> ril = in.constant(EnumNumbers.AUTO_SWITCH);
        case PROPERTIES_OAS -> oas = in.signed32();
        case PROPERTIES_SSID_SIZE -> ssidSize = in.signed32();
        case PROPERTIES_MSI -> msi = in.constant(EnumNumbers.LATER_SWITCH);
        case PROPERTIES_HARDWARE_QUEUES ->
            hardwareQueues = in.constant(EnumNumbers.HARDWARE_QUEUES);
        default -> in.skip();
      }
    }
    return new VsmmuProperties(ats, ril, oas, ssidSize, msi, hardwareQueues);
  }
}
