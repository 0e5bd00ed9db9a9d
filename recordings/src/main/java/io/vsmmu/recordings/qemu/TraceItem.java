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
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Lines of a trace that belong together and so are of the same vSMMU. */
abstract sealed class TraceItem {

  private final List<byte[]> texts = new ArrayList<>();
  private final List<Long> numbers = new ArrayList<>();
  private final List<Optional<Instant>> times = new ArrayList<>();

  /** Adds a line: its 1-based number, its text without line end, and when it was printed. */
  final void line(long number, byte[] text, @Nullable Instant printed) {
    numbers.add(number);
    texts.add(text);
    times.add(Optional.ofNullable(printed));
  }

  /** How many lines there are. */
  final int lines() {
    return numbers.size();
  }

  /** 1-based number of the line at {@code index}. */
  final long number(int index) {
    return numbers.get(index);
  }

  /** Number of the last line; 0 if there is none. */
  final long lastNumber() {
    return numbers.isEmpty() ? 0 : numbers.getLast();
  }

  /** The line at {@code index}; bytes that are no UTF-8 become replacement characters. */
  final String text(int index) {
    return new String(texts.get(index), StandardCharsets.UTF_8);
  }

  /** When the last line was printed, if it tells. */
  final @Nullable Instant time() {
    return times.isEmpty() ? null : time(times.size() - 1);
  }

  /** When the line at {@code index} was printed, if it tells. */
  final @Nullable Instant time(int index) {
    return times.get(index).orElse(null);
  }

  /** Whether a guest caused it by an access to a register. */
  final boolean ofGuest() {
    return switch (this) {
      case Access _, Read _, Write _ -> true;
      case Resets _, Host _, Device _, Stream _ -> false;
    };
  }

  /** A read of a register. */
  static final class Read extends TraceItem {
    private final TraceLine.ReadRegister read;

    Read(TraceLine.ReadRegister read) {
      this.read = read;
    }

    TraceLine.ReadRegister read() {
      return read;
    }
  }

  /** A register write that made the SMMU do nothing which the trace shows. */
  static final class Write extends TraceItem {
    private final TraceLine.WriteRegister write;

    Write(TraceLine.WriteRegister write) {
      this.write = write;
    }

    TraceLine.WriteRegister write() {
      return write;
    }
  }

  /**
   * A guest access with all that it made the SMMU do, in the order of the trace; the register write
   * itself comes last. What its lines name is evidence of whose it is.
   */
  static final class Access extends TraceItem {
    private final OpenAccess open;
    private final boolean consumes;
    private final long from;
    private final boolean continued;
    private TraceLine.@Nullable WriteRegister write;
    private boolean suspect;
    private boolean secure;
    private boolean more;
    private boolean endsWithSync;
    private int linesAtEnd;
    private long table = TraceLine.NONE;
    private final Set<KernelObjects.Viommu> viommus = new HashSet<>();
    private final Set<Integer> streams = new HashSet<>();
    private final Set<Integer> asids = new HashSet<>();
    private final Set<Integer> asidsGivenBack = new HashSet<>();

    /**
     * @param consumes whether the command queue was looked at
     * @param continued whether the first part of the access is an item of its own
     */
    Access(OpenAccess open, boolean consumes, boolean continued) {
      this.open = open;
      this.consumes = consumes;
      this.from = open.next();
      this.continued = continued;
    }

    OpenAccess open() {
      return open;
    }

    boolean consumes() {
      return consumes;
    }

    /** The position at which consumption began. */
    long from() {
      return from;
    }

    boolean continued() {
      return continued;
    }

    TraceLine.@Nullable WriteRegister write() {
      return write;
    }

    void write(TraceLine.WriteRegister line) {
      write = line;
    }

    /** Whether the write at its end is one that enables the command queue. */
    boolean enables() {
      TraceLine.WriteRegister line = write;
      return line != null
          && line.offset() == Register.CR0.offset()
          && RegisterKnowledge.enablesCommandQueue(line.value());
    }

    /** Whether lines are missing in it, so that it may be of two accesses. */
    boolean suspect() {
      return suspect || viommus.size() > 1;
    }

    void suspicious() {
      suspect = true;
    }

    /** Whether it is of the Secure programming interface. */
    boolean secure() {
      return secure;
    }

    void ofSecureInterface() {
      secure = true;
    }

    /** Whether the access goes on with another item. */
    boolean more() {
      return more;
    }

    void goesOn() {
      more = true;
    }

    /** Consumption has ended with the line added last. */
    void ended() {
      linesAtEnd = lines();
    }

    /** Whether lines were added since consumption ended. */
    boolean linesAfterEnd() {
      return lines() > linesAtEnd;
    }

    boolean endsWithSync() {
      return endsWithSync;
    }

    void endsWithSync(boolean value) {
      endsWithSync = value;
    }

    /** STRTAB_BASE of the Stream table that was looked at, or {@link TraceLine#NONE}. */
    long table() {
      return table;
    }

    void table(long strtabBase) {
      suspect |= table != TraceLine.NONE && table != strtabBase;
      table = strtabBase;
    }

    /** The vIOMMU that a host call of the access names; null if none does. */
    KernelObjects.@Nullable Viommu viommu() {
      return viommus.size() == 1 ? viommus.iterator().next() : null;
    }

    void viommu(KernelObjects.Viommu viommu) {
      viommus.add(viommu);
    }

    /** StreamIDs that its commands name, at most {@link TraceLimits#EVIDENCE}. */
    Set<Integer> streams() {
      return streams;
    }

    void stream(int streamId) {
      if (streams.size() < TraceLimits.EVIDENCE) {
        streams.add(streamId);
      }
    }

    /** ASIDs that its commands name, at most {@link TraceLimits#EVIDENCE}. */
    Set<Integer> asids() {
      return asids;
    }

    /** ASIDs of which everything was invalidated, after which a guest may give them to another. */
    Set<Integer> asidsGivenBack() {
      return asidsGivenBack;
    }

    void asidGivenBack(int asid) {
      if (asidsGivenBack.size() < TraceLimits.EVIDENCE) {
        asidsGivenBack.add(asid);
      }
    }

    void asid(int asid) {
      if (asids.size() < TraceLimits.EVIDENCE) {
        asids.add(asid);
      }
    }
  }

  /**
   * Resets by the VMM that follow one another without a guest access between them: a machine reset
   * prints one line a vSMMU, and an accelerated one attaches its devices again after its own.
   */
  static final class Resets extends TraceItem {
    private final Map<KernelObjects.Viommu, Integer> lineOf = new HashMap<>();
    private final Map<String, Integer> devices = new HashMap<>();
    private final boolean whole;
    private int each;

    /**
     * @param whole whether something comes before that is no part of a machine reset, so that no
     *     line of this one can be before the recording's start
     */
    Resets(boolean whole) {
      this.whole = whole;
    }

    boolean whole() {
      return whole;
    }

    /** A device was attached again; if for the second time, the machine was reset twice. */
    void attached(String address) {
      Integer before = devices.putIfAbsent(address, lines());
      if (before != null && before != lines() && each == 0) {
        each = lines() - before;
      }
    }

    /** How many vSMMUs one machine reset was of. */
    int vsmmus() {
      return each == 0 ? lines() : each;
    }

    /** A device of the vIOMMU was attached again: the reset before is that of its vSMMU. */
    void attached(KernelObjects.Viommu viommu) {
      lineOf.putIfAbsent(viommu, lines() - 1);
    }

    /** Index of the line that is the reset of the vSMMU at {@code owner}; -1 if none tells. */
    int lineOf(int owner) {
      return lineOf.entrySet().stream()
          .filter(e -> e.getKey().owner() == owner)
          .mapToInt(Map.Entry::getValue)
          .min()
          .orElse(-1);
    }
  }

  /** A call of the VMM to its host outside any access. */
  static final class Host extends TraceItem {
    private final TraceLine.HostCall call;
    private final RecordedHostCall recorded;
    private final KernelObjects.@Nullable Viommu viommu;

    Host(
        TraceLine.HostCall call, RecordedHostCall recorded, KernelObjects.@Nullable Viommu viommu) {
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

    KernelObjects.@Nullable Viommu viommu() {
      return viommu;
    }
  }

  /** smmuv3_accel_unset_iommu_device and its counterpart. */
  static final class Device extends TraceItem {
    private final TraceLine.AccelDevice device;
    private final String address;

    /**
     * @param address PCI address of the device; empty if not known
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
   * A line that tells of a stream outside any access: a translation, or what the SMMU looked at for
   * one, which ties the stream to a Stream table and to an ASID.
   */
  static final class Stream extends TraceItem {
    private final int streamId;
    private final long table;
    private final int asid;
    private final TraceLine.@Nullable Translated translated;

    /**
     * @param table STRTAB_BASE of the Stream table that the stream's STE was read from, {@link
     *     TraceLine#NONE} if the line does not tell
     * @param asid the ASID that the stream's addresses are tagged with, {@link TraceLine#NONE} if
     *     the line does not tell
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
