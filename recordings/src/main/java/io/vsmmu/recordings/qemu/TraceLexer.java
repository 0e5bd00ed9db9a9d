package io.vsmmu.recordings.qemu;

import io.vsmmu.recordings.qemu.TraceLine.SteType;
import io.vsmmu.smmu.spec.CommandOpcode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parses one line of a trace into a {@link TraceLine}. It is total: any bytes give one, and a line
 * of a known event that lacks a field gives {@link TraceLine.Unknown}. The formats are those of the
 * trace-events files named in {@link TraceLine}, of QEMU 5.1 to 11.1, and of older versions as far
 * as the methods say; where a format has changed, the method says in which version.
 */
final class TraceLexer {

  private static final TraceLine NOTE = new TraceLine.Note();
  private static final TraceLine UNKNOWN = new TraceLine.Unknown();
  private static final TraceLine RESET = new TraceLine.ResetExit();

  private static final FieldKey ADDR_SPACED = new FieldKey("addr: ");
  private static final FieldKey VAL = new FieldKey("val:");
  private static final FieldKey SIZE = new FieldKey("size: ");
  private static final FieldKey PROD = new FieldKey("prod=");
  private static final FieldKey CONS = new FieldKey("cons=");
  private static final FieldKey PROD_WRAP = new FieldKey("prod.wrap=");
  private static final FieldKey CONS_WRAP = new FieldKey("cons.wrap=");
  private static final FieldKey SECURE_QUEUE = new FieldKey("is_secure_cmdq=");
  private static final FieldKey PROD_OUT = new FieldKey("prod:");
  private static final FieldKey CONS_OUT = new FieldKey("cons:");
  private static final FieldKey PROD_WRAP_OUT = new FieldKey("prod_wrap:");
  private static final FieldKey CONS_WRAP_OUT = new FieldKey("cons_wrap:");
  private static final FieldKey EXECUTION = new FieldKey("execution: ");
  private static final FieldKey OPCODE = new FieldKey("<--- ");
  private static final FieldKey STREAM_ID = new FieldKey("streamid=");
  private static final FieldKey STREAM_ID_SPACED = new FieldKey("streamid =");
  private static final FieldKey SID = new FieldKey("sid=");
  private static final FieldKey SID_COLON = new FieldKey("SID:");
  private static final FieldKey FOR_SID = new FieldKey("for sid ");
  private static final FieldKey VMID_SPACED = new FieldKey("vmid =");
  private static final FieldKey ASID_SPACED = new FieldKey("asid =");
  private static final FieldKey START = new FieldKey("start=");
  private static final FieldKey END = new FieldKey("end=");
  private static final FieldKey VMID = new FieldKey("vmid=");
  private static final FieldKey ASID = new FieldKey("asid=");
  private static final FieldKey ADDR = new FieldKey("addr=");
  private static final FieldKey TG = new FieldKey("tg=");
  private static final FieldKey NUM_PAGES = new FieldKey("num_pages=");
  private static final FieldKey TTL = new FieldKey("ttl=");
  private static final FieldKey LEAF = new FieldKey("leaf=");
  private static final FieldKey STAGE = new FieldKey("stage=");
  private static final FieldKey STRTAB_BASE = new FieldKey("strtab_base:");
  private static final FieldKey IOVA = new FieldKey("iova=");
  private static final FieldKey TRANSLATED = new FieldKey("translated=");
  private static final FieldKey VSID = new FieldKey("vSID=");
  private static final FieldKey TYPE = new FieldKey("type=");
  private static final FieldKey STE = new FieldKey("ste=");
  private static final FieldKey COLON = new FieldKey(":");
  private static final FieldKey DEVID = new FieldKey("devid=");

  private static final NameTable<CommandOpcode> OPCODES = opcodes();

  private final TraceFields text = new TraceFields();
  private final LinePrefix prefix = new LinePrefix();
  private final HostCallLexer hostCalls = new HostCallLexer();

  private @Nullable TraceEvent event;
  private int nameStart;
  private int nameEnd;

  /** Parses {@code line[from, to)}. */
  TraceLine read(byte[] line, int from, int to) {
    prefix.read(line, from, to);
    nameStart = prefix.next();
    nameEnd = nameStart;
    while (nameEnd < to && line[nameEnd] != ' ') {
      nameEnd++;
    }
    text.reset(line, nameEnd, to);
    event = TraceEvent.of(line, nameStart, nameEnd);
    TraceEvent last = event;
    TraceLine read = last == null ? unnamed(line) : named(last, line);
    return text.complete() ? read : UNKNOWN;
  }

  /** Whether the last line read names a known event but lacks fields of its format. */
  boolean unreadable() {
    return event != null && !text.complete();
  }

  /** The event of the last line read; null if it is none of {@link TraceEvent}. */
  @Nullable TraceEvent event() {
    return event;
  }

  /** When the last line read was printed; null if it has no time. */
  @Nullable Instant time() {
    return prefix.time();
  }

  /** Whether the last line read is one of QEMU's SMMUv3, of a known event or not. */
  boolean smmuv3(byte[] line) {
    return startsWith(line, "smmuv3_");
  }

  /** The first word of the last line read if it looks like a trace event's name; else empty. */
  String eventName(byte[] line) {
    if (nameEnd == nameStart || nameEnd - nameStart > 64) {
      return "";
    }
    boolean underscore = false;
    for (int i = nameStart; i < nameEnd; i++) {
      byte c = line[i];
      underscore |= c == '_';
      if (c != '_' && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) {
        return "";
      }
    }
    return underscore
        ? new String(line, nameStart, nameEnd - nameStart, StandardCharsets.US_ASCII)
        : "";
  }

  private boolean startsWith(byte[] line, String start) {
    if (nameEnd - nameStart < start.length()) {
      return false;
    }
    for (int i = 0; i < start.length(); i++) {
      if (line[nameStart + i] != start.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private TraceLine unnamed(byte[] line) {
    return startsWith(line, "iommufd_") ? hostCalls.other(eventName(line), text) : UNKNOWN;
  }

  private TraceLine named(TraceEvent event, byte[] line) {
    return switch (event) {
      case SMMUV3_READ_MMIO ->
          new TraceLine.MmioRead(text.int32(ADDR_SPACED), text.number(VAL), text.int32(SIZE));
      case SMMUV3_WRITE_MMIO ->
          new TraceLine.MmioWrite(text.int32(ADDR_SPACED), text.number(VAL), text.int32(SIZE));
      case SMMUV3_CMDQ_CONSUME ->
          new TraceLine.Consume(
              text.number(PROD),
              text.number(CONS),
              text.bit(PROD_WRAP),
              text.bit(CONS_WRAP),
              text.numberOr(SECURE_QUEUE, 0) != 0);
      case SMMUV3_CMDQ_CONSUME_OUT ->
          new TraceLine.ConsumeOut(
              text.number(PROD_OUT),
              text.number(CONS_OUT),
              text.bit(PROD_WRAP_OUT),
              text.bit(CONS_WRAP_OUT));
      case SMMUV3_CMDQ_CONSUME_ERROR -> new TraceLine.ConsumeError(text.int32(EXECUTION));
      case SMMUV3_CMDQ_OPCODE -> opcode();
      case SMMUV3_CMDQ_CFGI_STE -> new TraceLine.StreamDetail(streamId(), false);
      case SMMUV3_CMDQ_CFGI_STE_RANGE -> range();
      case SMMUV3_CMDQ_CFGI_CD -> new TraceLine.StreamDetail(streamId(), true);
      case SMMUV3_RANGE_INVAL, SMMUV3_S1_RANGE_INVAL -> address();
      case SMMUV3_CMDQ_TLBI_NH_VA, SMMUV3_CMDQ_TLBI_NH_VAA -> oldAddress();
      case SMMUV3_CMDQ_TLBI_NH, SMMUV3_CMDQ_TLBI_S12_VMID ->
          new TraceLine.TagDetail(text.numberOr(VMID, TraceLine.NONE), TraceLine.NONE);
      case SMMUV3_CMDQ_TLBI_NSNH -> new TraceLine.TagDetail(TraceLine.NONE, TraceLine.NONE);
      case SMMUV3_CMDQ_TLBI_NH_ASID -> new TraceLine.TagDetail(TraceLine.NONE, text.number(ASID));
      case SMMUV3_FIND_STE,
          SMMUV3_CONFIG_CACHE_HIT,
          SMMUV3_CONFIG_CACHE_MISS,
          SMMUV3_CONFIG_CACHE_INV,
          SMMU_CONFIG_CACHE_INV ->
          new TraceLine.StreamNote(notedStream());
      case SMMUV3_FIND_STE_2LVL -> new TraceLine.TableNote(text.number(STRTAB_BASE));
      case SMMU_IOTLB_LOOKUP_HIT, SMMU_IOTLB_LOOKUP_MISS -> new TraceLine.TagNote(text.int32(ASID));
      case SMMUV3_TRANSLATE_SUCCESS -> translated();
      case SMMUV3_ACCEL_SET_IOMMU_DEVICE -> new TraceLine.AccelDevice(true, text.number(DEVID));
      case SMMUV3_ACCEL_UNSET_IOMMU_DEVICE -> new TraceLine.AccelDevice(false, text.number(DEVID));
      case SMMUV3_ACCEL_TRANSLATE_STE -> translateSte();
      case SMMUV3_ACCEL_INSTALL_STE -> installSte();
      case SMMU_RESET_EXIT -> RESET;
      case IOMMUFD_CDEV_CONNECT_AND_BIND,
          IOMMUFD_BACKEND_ALLOC_VIOMMU,
          IOMMUFD_BACKEND_ALLOC_VDEV,
          IOMMUFD_BACKEND_ALLOC_HWPT,
          IOMMUFD_VIOMMU_ALLOC_EVENTQ,
          IOMMUFD_BACKEND_INVALIDATE_CACHE,
          IOMMUFD_BACKEND_FREE_ID,
          IOMMUFD_CDEV_ATTACH_IOAS_HWPT,
          IOMMUFD_CDEV_PASID_ATTACH_IOAS_HWPT,
          IOMMUFD_CDEV_DETACH_IOAS_HWPT,
          IOMMUFD_CDEV_PASID_DETACH_IOAS_HWPT,
          IOMMUFD_BACKEND_CONNECT,
          IOMMUFD_BACKEND_ALLOC_IOAS,
          IOMMUFD_CDEV_ALLOC_IOAS,
          IOMMUFD_CDEV_GETFD,
          IOMMUFD_CDEV_DEVICE_INFO ->
          hostCalls.read(event, line, text);
      default -> NOTE;
    };
  }

  private TraceLine opcode() {
    return new TraceLine.Opcode(text.named(OPCODE, OPCODES));
  }

  /** The fields of smmuv3_range_inval; QEMU 5.2 and 6.0 print {@code vmid =%d asid =%d}. */
  private TraceLine address() {
    boolean spaced = text.has(VMID_SPACED);
    return new TraceLine.AddressDetail(
        text.int32(spaced ? VMID_SPACED : VMID),
        text.int32(spaced ? ASID_SPACED : ASID),
        text.number(ADDR),
        text.int32(TG),
        text.number(NUM_PAGES),
        text.int32(TTL),
        text.bit(LEAF));
  }

  /**
   * The StreamID of a command: QEMU has printed it as {@code streamid =%d}, {@code streamid = %d},
   * {@code streamid= 0x%x} and {@code sid=0x%x}.
   */
  private int streamId() {
    return text.int32(
        text.has(STREAM_ID_SPACED) ? STREAM_ID_SPACED : text.has(STREAM_ID) ? STREAM_ID : SID);
  }

  /**
   * The StreamID of a look-up: {@code sid=0x%x} or {@code SID:0x%x}; older versions print {@code
   * for sid %d}.
   */
  private int notedStream() {
    return text.int32(text.has(SID) ? SID : text.has(SID_COLON) ? SID_COLON : FOR_SID);
  }

  /**
   * The StreamIDs of CMD_CFGI_STE_RANGE. QEMU 5.2 and older print {@code 0x%d}: decimal digits
   * behind 0x, and -1 for the last StreamID. A range is an aligned block of 2^n StreamIDs (IHI 0070
   * 4.3.2), which decides whether the digits are hexadecimal or decimal.
   */
  private TraceLine range() {
    long start = text.number(START);
    long startDecimal = text.lastAsDecimal();
    long end = text.number(END);
    long endDecimal = text.lastAsDecimal();
    boolean asPrinted = block(unsigned(start), unsigned(end));
    return asPrinted || !block(unsigned(startDecimal), unsigned(endDecimal))
        ? new TraceLine.RangeDetail(unsigned(start), unsigned(end))
        : new TraceLine.RangeDetail(unsigned(startDecimal), unsigned(endDecimal));
  }

  private static boolean block(long start, long end) {
    long count = end - start + 1;
    return count > 0 && Long.bitCount(count) == 1 && (start & (count - 1)) == 0;
  }

  /**
   * smmuv3_cmdq_tlbi_nh_va and _vaa of QEMU 5.1 and older, which print one page and not its
   * granule.
   */
  private TraceLine oldAddress() {
    int vmid = text.int32(VMID_SPACED);
    int asid = (int) text.numberOr(ASID_SPACED, TraceLine.NONE);
    long address = text.number(ADDR);
    return new TraceLine.AddressDetail(vmid, asid, address, 0, 1, 0, text.numberOr(LEAF, 0) != 0);
  }

  private TraceLine translated() {
    int streamId = text.int32(SID);
    long iova = text.number(IOVA);
    long translated = text.number(TRANSLATED);
    return new TraceLine.Translated(streamId, (int) text.numberOr(STAGE, 1), iova, translated);
  }

  private TraceLine translateSte() {
    int streamId = text.int32(VSID);
    long word1 = text.hexadecimal(STE);
    long word0 = text.hexadecimal(COLON);
    return new TraceLine.TranslateSte(streamId, word0, word1);
  }

  private TraceLine installSte() {
    int streamId = text.int32(VSID);
    SteType type =
        switch (text.word(TYPE)) {
          case "abort" -> SteType.ABORT;
          case "bypass" -> SteType.BYPASS;
          case "translate" -> SteType.TRANSLATE;
          default -> SteType.OTHER;
        };
    return new TraceLine.InstallSte(streamId, type);
  }

  private static long unsigned(long number) {
    return number & 0xffff_ffffL;
  }

  private static NameTable<CommandOpcode> opcodes() {
    Map<String, CommandOpcode> byName = new HashMap<>();
    for (CommandOpcode opcode : CommandOpcode.values()) {
      byName.put("SMMU_CMD_" + opcode.name(), opcode);
    }
    return new NameTable<>(byName);
  }
}
