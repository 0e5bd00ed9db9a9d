package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lines of a trace that QEMU printed in one go, so that all of them belong to the same vSMMU: the
 * unit that {@link AttributionSearch} attributes.
 */
abstract sealed class TraceItem {

  private final List<AccessGrouping.Line> lines = new ArrayList<>();

  final void line(AccessGrouping.Line line) {
    lines.add(line);
  }

  final int lines() {
    return lines.size();
  }

  /** 1-based number of the line at {@code index}. */
  final long number(int index) {
    return lines.get(index).number();
  }

  /** Number of the last line; 0 if there is none. */
  final long lastNumber() {
    return lines.isEmpty() ? 0 : lines.getLast().number();
  }

  /** The line at {@code index}; bytes that are no UTF-8 become replacement characters. */
  final String text(int index) {
    return new String(lines.get(index).text(), StandardCharsets.UTF_8);
  }

  /** When the last line was printed; null if it has no time. */
  final @Nullable Instant time() {
    return lines.isEmpty() ? null : lines.getLast().time();
  }

  /** When the line at {@code index} was printed; null if it has no time. */
  final @Nullable Instant time(int index) {
    return lines.get(index).time();
  }

  /** Whether a guest's register access caused the lines. */
  final boolean ofGuest() {
    return switch (this) {
      case Access _, Read _, Write _ -> true;
      case Resets _, Host _, Device _, Stream _ -> false;
    };
  }

  /** A guest's read of a register. */
  static final class Read extends TraceItem {
    private final TraceLine.MmioRead read;

    Read(TraceLine.MmioRead read) {
      this.read = read;
    }

    TraceLine.MmioRead read() {
      return read;
    }
  }

  /** A register write after which the trace shows no action of the SMMU. */
  static final class Write extends TraceItem {
    private final TraceLine.MmioWrite write;

    Write(TraceLine.MmioWrite write) {
      this.write = write;
    }

    TraceLine.MmioWrite write() {
      return write;
    }
  }

  /**
   * A guest access with everything that it made the SMMU do, in the order of the trace; the
   * register write is the last line, because QEMU prints it when it has handled the write (QEMU's
   * hw/arm/smmuv3.c, smmu_write_mmio). The identifiers on its lines (vIOMMU, Stream table,
   * StreamIDs, ASIDs) are the evidence by which the access is attributed.
   */
  static final class Access extends TraceItem {
    private final AccessEffects effects;
    private final boolean consumes;
    private final long from;
    private final boolean continued;
    private TraceLine.@Nullable MmioWrite write;
    private boolean suspect;
    private boolean secure;

    private boolean endsWithSync;
    private int linesAtEnd;
    private long table = TraceLine.NONE;
    private Set<IommufdObjects.Viommu> viommus = Set.of();
    private Set<Integer> streams = Set.of();
    private Set<Integer> asids = Set.of();
    private Set<Integer> asidsFreed = Set.of();

    /**
     * @param consumes whether lines of the command queue belong to the access
     * @param continued whether the access was too long for one item and this is a further part
     */
    Access(AccessEffects effects, boolean consumes, boolean continued) {
      this.effects = effects;
      this.consumes = consumes;
      this.from = effects.next();
      this.continued = continued;
    }

    AccessEffects effects() {
      return effects;
    }

    boolean consumes() {
      return consumes;
    }

    /** The {@link QueuePosition} of the first entry that the access consumed. */
    long from() {
      return from;
    }

    boolean continued() {
      return continued;
    }

    TraceLine.@Nullable MmioWrite write() {
      return write;
    }

    void write(TraceLine.MmioWrite line) {
      write = line;
    }

    /** Whether the register write is one that sets CR0.CMDQEN. */
    boolean enables() {
      TraceLine.MmioWrite line = write;
      return line != null
          && line.offset() == Register.CR0.offset()
          && TracedRegisters.enablesCommandQueue(line.value());
    }

    /** Whether lines are missing in it, so that its lines may be those of two accesses. */
    boolean incomplete() {
      return suspect || viommus.size() > 1;
    }

    void markIncomplete() {
      suspect = true;
    }

    /** Whether the access was one to the Secure programming interface (IHI 0070 6.1). */
    boolean secure() {
      return secure;
    }

    void markSecure() {
      secure = true;
    }

    /** Records that consumption ended with the line that was added last. */
    void ended() {
      linesAtEnd = lines();
    }

    /** Whether lines were added after consumption ended. */
    boolean linesAfterEnd() {
      return lines() > linesAtEnd;
    }

    boolean endsWithSync() {
      return endsWithSync;
    }

    void endsWithSync(boolean value) {
      endsWithSync = value;
    }

    /** STRTAB_BASE of the Stream table that was read, or {@link TraceLine#NONE}. */
    long table() {
      return table;
    }

    void table(long strtabBase) {
      suspect |= table != TraceLine.NONE && table != strtabBase;
      table = strtabBase;
    }

    /** The vIOMMU that the host calls of the access name; null if they name none or several. */
    IommufdObjects.@Nullable Viommu viommu() {
      return viommus.size() == 1 ? viommus.iterator().next() : null;
    }

    void viommu(IommufdObjects.Viommu viommu) {
      viommus = with(viommus, viommu);
    }

    /** StreamIDs that its commands name, at most {@link TraceLimits#EVIDENCE}. */
    Set<Integer> streams() {
      return streams;
    }

    void stream(int streamId) {
      if (streams.size() < TraceLimits.EVIDENCE) {
        streams = with(streams, streamId);
      }
    }

    /** ASIDs that its commands name, at most {@link TraceLimits#EVIDENCE}. */
    Set<Integer> asids() {
      return asids;
    }

    /**
     * ASIDs whose entries were all invalidated, after which a guest may use them with another SMMU.
     */
    Set<Integer> asidsFreed() {
      return asidsFreed;
    }

    void asidFreed(int asid) {
      if (asidsFreed.size() < TraceLimits.EVIDENCE) {
        asidsFreed = with(asidsFreed, asid);
      }
    }

    void asid(int asid) {
      if (asids.size() < TraceLimits.EVIDENCE) {
        asids = with(asids, asid);
      }
    }

    /** A set with one element more; most accesses have none or one of a kind. */
    private static <T> Set<T> with(Set<T> set, T element) {
      if (set.contains(element)) {
        return set;
      }
      if (set.isEmpty()) {
        return Set.of(element);
      }
      Set<T> more = set.size() == 1 ? new HashSet<>(set) : set;
      more.add(element);
      return more;
    }
  }

  /**
   * Resets by the VMM without a guest access between them. A machine reset prints one line for each
   * vSMMU (smmu_reset_exit), and an accelerated vSMMU attaches its devices again after its line.
   */
  static final class Resets extends TraceItem {
    private final Map<IommufdObjects.Viommu, Integer> lineOf = new HashMap<>();
    private final Map<String, Integer> devices = new HashMap<>();
    private final boolean whole;
    private int each;

    /**
     * @param whole whether a line that is no part of a machine reset precedes it in the recording,
     *     so that none of its lines can have been printed before the recording's start
     */
    Resets(boolean whole) {
      this.whole = whole;
    }

    boolean whole() {
      return whole;
    }

    /**
     * Records that a device was attached again. The second time for the same device shows that the
     * machine was reset twice, and after how many lines.
     */
    void attached(String address) {
      Integer before = devices.putIfAbsent(address, lines());
      if (before != null && before != lines() && each == 0) {
        each = lines() - before;
      }
    }

    /** The number of vSMMUs of the machine: the lines of one machine reset. */
    int vsmmus() {
      return each == 0 ? lines() : each;
    }

    /** Records that a device of the vIOMMU was attached again, by the vSMMU of the last line. */
    void attached(IommufdObjects.Viommu viommu) {
      lineOf.putIfAbsent(viommu, lines() - 1);
    }

    /** Index of the line that is the reset of the vSMMU at {@code owner}; -1 if unknown. */
    int lineOf(int owner) {
      return lineOf.entrySet().stream()
          .filter(e -> e.getKey().owner() == owner)
          .mapToInt(Map.Entry::getValue)
          .min()
          .orElse(-1);
    }
  }

  /** A call of the VMM to its host's iommufd outside any guest access. */
  static final class Host extends TraceItem {
    private final TraceLine.HostCall call;
    private final RecordedHostCall recorded;
    private final IommufdObjects.@Nullable Viommu viommu;

    Host(
        TraceLine.HostCall call,
        RecordedHostCall recorded,
        IommufdObjects.@Nullable Viommu viommu) {
      this.call = call;
      this.recorded = recorded;
      this.viommu = viommu;
    }

    TraceLine.HostCall call() {
      return call;
    }

    RecordedHostCall recorded() {
      return recorded;
    }

    IommufdObjects.@Nullable Viommu viommu() {
      return viommu;
    }
  }

  /** smmuv3_accel_set_iommu_device or smmuv3_accel_unset_iommu_device. */
  static final class Device extends TraceItem {
    private final TraceLine.AccelDevice device;
    private final String address;

    /**
     * @param address PCI address of the device; empty if unknown
     */
    Device(TraceLine.AccelDevice device, String address) {
      this.device = device;
      this.address = address;
    }

    TraceLine.AccelDevice device() {
      return device;
    }

    String address() {
      return address;
    }
  }

  /**
   * A line about a stream outside any guest access: a translation, or a look-up for one, which
   * shows which Stream table the stream's STE is in and with which ASID its addresses are tagged.
   */
  static final class Stream extends TraceItem {
    private final int streamId;
    private final long table;
    private final int asid;
    private final TraceLine.@Nullable Translated translated;

    /**
     * @param table STRTAB_BASE of the Stream table that the stream's STE was read from, {@link
     *     TraceLine#NONE} if the line does not name it
     * @param asid the ASID that the stream's addresses are tagged with, {@link TraceLine#NONE} if
     *     the line does not name it
     */
    Stream(int streamId, long table, int asid, TraceLine.@Nullable Translated translated) {
      this.streamId = streamId;
      this.table = table;
      this.asid = asid;
      this.translated = translated;
    }

    int streamId() {
      return streamId;
    }

    long table() {
      return table;
    }

    int asid() {
      return asid;
    }

    TraceLine.@Nullable Translated translated() {
      return translated;
    }
  }
}
