package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandFields;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.stimulus.Completeness;
import io.vsmmu.smmu.stimulus.SteFetch;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reconstructs the entry of one command from the lines that QEMU printed about it, since a trace
 * does not contain the entries. A mask says which of its bits the lines show. Fields: IHI 0070 4.
 */
final class CommandAssembly {

  /** A bypass STE as the kernel accepts it: V=1, Config=0b100. */
  private static final StreamTableEntry BYPASS = StreamTableEntry.ofTwoWords(0x9, 0);

  /** An abort STE: V=1, Config=0b000. */
  private static final StreamTableEntry ABORT = StreamTableEntry.ofTwoWords(0x1, 0);

  /** NUM has five bits and encodes the number minus one (4.4.1.1). */
  private static final int MAX_RANGE_UNITS = 32;

  /** The largest SCALE without IDR5.DS. */
  private static final int MAX_SCALE = 31;

  private final long position;
  private boolean opcodeSeen;
  private @Nullable CommandOpcode opcode;
  private long word0;
  private long word1;
  private long known0;
  private long known1;
  private boolean detailed;

  private int granule;
  private long pages;
  private long nextAddress;
  private long rangeStart = -1;
  private long rangeEnd = -1;
  private @Nullable Map<Integer, SteFetch> fetches;

  CommandAssembly(long position) {
    this.position = position;
  }

  /** The {@link QueuePosition} of the entry. */
  long position() {
    return position;
  }

  boolean opcodeSeen() {
    return opcodeSeen;
  }

  @Nullable CommandOpcode opcode() {
    return opcode;
  }

  void opcode(@Nullable CommandOpcode command) {
    opcodeSeen = true;
    opcode = command;
    if (command != null) {
      set0(CommandFields.OPCODE, command.code());
    }
  }

  /** Whether {@code detail} can be a line about this command. */
  boolean accepts(TraceLine.Detail detail) {
    CommandOpcode command = opcode;
    if (command == null) {
      return false;
    }
    return switch (detail) {
      case TraceLine.StreamDetail d ->
          !detailed
              && (d.contextDescriptor()
                  ? command == CommandOpcode.CFGI_CD || command == CommandOpcode.CFGI_CD_ALL
                  : command == CommandOpcode.CFGI_STE);
      case TraceLine.RangeDetail d -> !detailed && command == CommandOpcode.CFGI_STE_RANGE;
      case TraceLine.AddressDetail d -> byAddress(command) && (!detailed || continues(d));
      case TraceLine.TagDetail d -> !detailed && byTag(command, d);
    };
  }

  private static boolean byAddress(CommandOpcode command) {
    return switch (command) {
      case TLBI_NH_VA, TLBI_NH_VAA, TLBI_S2_IPA, TLBI_EL2_VA, TLBI_EL2_VAA -> true;
      default -> false;
    };
  }

  private static boolean byTag(CommandOpcode command, TraceLine.TagDetail tag) {
    return switch (command) {
      case TLBI_NH_ASID -> tag.asid() != TraceLine.NONE;
      case TLBI_NH_ALL, TLBI_S12_VMALL, TLBI_NSNH_ALL -> tag.asid() == TraceLine.NONE;
      default -> false;
    };
  }

  /**
   * Whether the line continues the range of the one before it: QEMU prints one line for each
   * naturally aligned power-of-two piece of a range (hw/arm/smmuv3.c, smmuv3_range_inval).
   */
  private boolean continues(TraceLine.AddressDetail d) {
    return granule != 0 && d.granule() == granule && d.address() == nextAddress;
  }

  void detail(TraceLine.Detail detail) {
    switch (detail) {
      case TraceLine.StreamDetail d -> {
        set0(CommandFields.STREAM_ID, Integer.toUnsignedLong(d.streamId()));
        rangeStart = rangeEnd = Integer.toUnsignedLong(d.streamId());
      }
      case TraceLine.RangeDetail d -> range(d);
      case TraceLine.AddressDetail d -> address(d);
      case TraceLine.TagDetail d -> {
        if (d.asid() != TraceLine.NONE) {
          set0(CommandFields.ASID, d.asid());
        }
        if (d.vmid() != TraceLine.NONE) {
          set0(CommandFields.VMID, d.vmid());
        }
      }
    }
    detailed = true;
  }

  /**
   * CMD_CFGI_STE_RANGE concerns 2^(Range+1) StreamIDs and may name any of them (4.3.2), so only the
   * upper bits of StreamID are known.
   */
  private void range(TraceLine.RangeDetail d) {
    rangeStart = d.start();
    rangeEnd = d.end();
    long count = d.end() - d.start() + 1;
    if (count < 2 || Long.bitCount(count) != 1) {
      return;
    }
    set1(CommandFields.RANGE1, Long.numberOfTrailingZeros(count) - 1L);
    word0 = CommandFields.STREAM_ID.set(word0, d.start());
    known0 |= CommandFields.STREAM_ID.mask() & ~((count - 1) << CommandFields.STREAM_ID.lsb());
  }

  private void address(TraceLine.AddressDetail d) {
    if (detailed) {
      pages += d.pages();
    } else {
      firstAddress(d);
    }
    nextAddress = d.address() + (d.pages() << granuleShift());
    if (granule != 0) {
      rangeFields();
    }
  }

  private void firstAddress(TraceLine.AddressDetail d) {
    granule = d.granule() & 3;
    pages = d.pages();
    word1 = CommandFields.ADDRESS1.setInPlace(word1, d.address());
    known1 |= CommandFields.ADDRESS1.mask();
    if (d.asid() >= 0) {
      set0(CommandFields.ASID, d.asid());
    }
    set1(CommandFields.TG1, granule);
    set1(CommandFields.TTL1, d.level());
    set1(CommandFields.LEAF1, d.leaf() ? 1 : 0);
    if (d.asid() >= 0) {
      set0(CommandFields.ASID, d.asid());
    }
    if (d.vmid() >= 0) {
      set0(CommandFields.VMID, d.vmid());
    }
  }

  private int granuleShift() {
    return granule == 0 ? 12 : 10 + 2 * granule;
  }

  /**
   * SCALE and NUM as Linux chooses them (arm-smmu-v3.c, arm_smmu_cmdq_batch_add_range): the largest
   * SCALE that divides the number of pages.
   */
  private void rangeFields() {
    int scale = pages <= 0 ? 0 : Math.min(Long.numberOfTrailingZeros(pages), MAX_SCALE);
    long units = pages >>> scale;
    if (units < 1 || units > MAX_RANGE_UNITS) {
      known0 &= ~(CommandFields.SCALE.mask() | CommandFields.NUM.mask());
      return;
    }
    set0(CommandFields.SCALE, scale);
    set0(CommandFields.NUM, units - 1);
  }

  /** Whether a line about {@code streamId} can be about this command. */
  boolean concerns(int streamId) {
    long stream = Integer.toUnsignedLong(streamId);
    return detailed && stream >= rangeStart && stream <= rangeEnd;
  }

  /** Whether the command names a stream and its StreamID is not in the trace. */
  boolean lacksStream() {
    CommandOpcode command = opcode;
    if (command == null || detailed) {
      return false;
    }
    return switch (command) {
      case CFGI_STE, CFGI_STE_RANGE, CFGI_CD, CFGI_CD_ALL -> true;
      default -> false;
    };
  }

  /** Whether it concerns more than one StreamID. */
  boolean namesSeveralStreams() {
    return rangeStart != rangeEnd;
  }

  /** Whether the command makes the SMMU read the STE of {@code streamId}. */
  boolean readsSte(int streamId) {
    long stream = Integer.toUnsignedLong(streamId);
    return (opcode == CommandOpcode.CFGI_STE || opcode == CommandOpcode.CFGI_STE_RANGE)
        && stream >= rangeStart
        && stream <= rangeEnd;
  }

  void install(TraceLine.InstallSte line) {
    StreamTableEntry ste =
        switch (line.type()) {
          case BYPASS -> BYPASS;
          case ABORT -> ABORT;
          case TRANSLATE, OTHER -> null;
        };
    if (ste != null) {
      fetch(line.streamId(), ste, Completeness.CONFIGURATION_ONLY);
    } else {
      fetches().putIfAbsent(line.streamId(), SteFetch.unknown(line.streamId()));
    }
  }

  void translate(TraceLine.TranslateSte line) {
    fetch(
        line.streamId(),
        StreamTableEntry.ofTwoWords(line.word0(), line.word1()),
        Completeness.HOST_WORDS);
  }

  private void fetch(int streamId, StreamTableEntry ste, Completeness completeness) {
    fetches().put(streamId, new SteFetch(streamId, SteFetch.Outcome.READ, ste, completeness));
  }

  private Map<Integer, SteFetch> fetches() {
    Map<Integer, SteFetch> current = fetches;
    if (current == null) {
      current = new LinkedHashMap<>();
      fetches = current;
    }
    return current;
  }

  /** The STEs that the command made the SMMU read, as far as the trace shows them, by StreamID. */
  Map<Integer, SteFetch> steFetches() {
    if (opcode == CommandOpcode.CFGI_STE && detailed) {
      fetches().putIfAbsent((int) rangeStart, SteFetch.unknown((int) rangeStart));
    }
    return fetches == null ? Map.of() : fetches;
  }

  /**
   * The entry. A command that was consumed but whose opcode is not in the trace is represented by
   * CMD_PREFETCH_CONFIG, which changes nothing, and one whose opcode QEMU does not name by the
   * Reserved opcode 0. The mask of both is empty.
   */
  CommandEntry entry() {
    return opcodeSeen
        ? new CommandEntry(word0, word1)
        : new CommandEntry(CommandOpcode.PREFETCH_CONFIG.code(), 0);
  }

  /** Ones for the bits of {@link #entry} that the trace shows. */
  CommandEntry known() {
    return new CommandEntry(known0, known1);
  }

  private void set0(Bits field, long value) {
    word0 = field.set(word0, value);
    known0 |= field.mask();
  }

  private void set1(Bits field, long value) {
    word1 = field.set(word1, value);
    known1 |= field.mask();
  }
}
