package io.vsmmu.smmu.stimulus;

import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.GlobalError;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.PageRequest;
import io.vsmmu.smmu.spec.VsmmuProperties;
import java.util.List;
import java.util.Optional;

/**
 * One thing that happens to a vSMMU. A stimulus carries everything that deciding about it reads
 * from outside (guest memory, host facts), so that the same decision can be taken again from the
 * log alone.
 */
public sealed interface Stimulus {

  /** Who a reset comes from. */
  enum ResetSource {
    /** The VMM's device reset. */
    VMM,
    /** An operator's request. */
    OPERATOR
  }

  /**
   * Brings a vSMMU into being.
   *
   * @param ids what the ID registers show until {@code auto} properties are resolved
   * @param vm name of the VM whose guest address space it shares with the VM's other vSMMUs; empty
   *     for one of its own
   */
  record Create(
      Origin origin, Durability durability, VsmmuProperties properties, IdRegisters ids, String vm)
      implements Stimulus {

    /** A vSMMU with a VM of its own. */
    public Create(
        Origin origin, Durability durability, VsmmuProperties properties, IdRegisters ids) {
      this(origin, durability, properties, ids, "");
    }
  }

  /** The vSMMU goes away; its log stays. */
  record Delete() implements Stimulus {}

  /** A reset of the SMMU as of IHI 0070, 3.11 and of the VMM's machine. */
  record Reset(ResetSource source) implements Stimulus {}

  /** Guest accesses are held from here on. */
  record Pause() implements Stimulus {}

  /** Guest accesses go on. */
  record Resume() implements Stimulus {}

  /**
   * A host device is placed behind the vSMMU.
   *
   * @param streamId the StreamID that the guest uses for it
   * @param device what the host said of the device
   * @param resolved the ID registers with {@code auto} resolved against this device's host
   * @param fetch the device's STE as found in guest memory, for a vSMMU that is enabled
   */
  record AttachDevice(
      int streamId, HostDevice device, OnOffAuto ats, IdRegisters resolved, SteFetch fetch)
      implements Stimulus {}

  /**
   * The host device behind {@code streamId} is taken away.
   *
   * @param shownBefore when an attachment is undone because the host refused it: the ID registers
   *     as they were before it; empty when the device was there and goes
   */
  record DetachDevice(int streamId, Optional<IdRegisters> shownBefore) implements Stimulus {

    /** A device that was there goes. */
    public DetachDevice(int streamId) {
      this(streamId, Optional.empty());
    }
  }

  /**
   * A guest's write to the register frame.
   *
   * @param offset byte offset within the 128 KiB frame (page 1 from 0x10000); any value is accepted
   * @param width bytes, any value is accepted
   * @param fetches the STEs of the streams that have a device, when the write enables the SMMU
   */
  record WriteRegister(int offset, int width, long value, List<SteFetch> fetches)
      implements Stimulus {
    public WriteRegister {
      fetches = List.copyOf(fetches);
    }
  }

  /**
   * The guest moved CMDQ_PROD, or consumption goes on: a slice of the command queue.
   *
   * @param prod the newest CMDQ_PROD, as written
   * @param entries what the queue holds from the fetch index on, in order, at most {@link
   *     io.vsmmu.smmu.model.Limits#SLICE_ENTRIES}
   * @param known for entries that a foreign trace only tells in part: two masks an entry of the
   *     bits that are known; empty when all bits are
   * @param fetches the STEs that the CFGI commands among the entries make the SMMU read
   * @param fetchFault the entry after the last one could not be read from guest memory
   * @param recorded what a recorded SMMU did with them; empty for a guest of ours
   */
  record ConsumeCommands(
      long prod,
      List<CommandEntry> entries,
      List<CommandEntry> known,
      List<SteFetch> fetches,
      boolean fetchFault,
      Optional<RecordedConsumption> recorded)
      implements Stimulus {
    public ConsumeCommands {
      entries = List.copyOf(entries);
      known = List.copyOf(known);
      fetches = List.copyOf(fetches);
    }

    /** A guest of ours, or a recording that does not tell what became of its commands. */
    public ConsumeCommands(
        long prod,
        List<CommandEntry> entries,
        List<CommandEntry> known,
        List<SteFetch> fetches,
        boolean fetchFault) {
      this(prod, entries, known, fetches, fetchFault, Optional.empty());
    }

    /** The slice without its first {@code consumed} entries; empty when none is left. */
    public Optional<ConsumeCommands> after(int consumed) {
      if (consumed >= entries.size()) {
        return Optional.empty();
      }
      List<CommandEntry> rest = entries.subList(consumed, entries.size());
      List<CommandEntry> restKnown =
          known.isEmpty() ? known : known.subList(consumed, known.size());
      return Optional.of(
          new ConsumeCommands(
              prod, rest, restKnown, fetches, fetchFault, recorded.map(RecordedConsumption::rest)));
    }
  }

  /**
   * What the host did with the operations of a decision.
   *
   * @param decision sequence of the event that asked for the operations
   * @param operations in the order of their execution, with their outcomes
   */
  record ReportHostOutcome(long decision, List<HostOperation> operations) implements Stimulus {
    public ReportHostOutcome {
      operations = List.copyOf(operations);
    }
  }

  /**
   * Faults that the host's vEVENTQ gave.
   *
   * @param records at most {@link io.vsmmu.smmu.model.Limits#FAULT_RECORDS}; more count as lost
   * @param lost how many records the host lost before these
   */
  record ReportFaults(List<EventRecord> records, long lost) implements Stimulus {
    public ReportFaults {
      records = List.copyOf(records);
    }
  }

  /**
   * A VMM connected. Whoever was connected before is replaced, and so is what it shared: total,
   * because the socket has accepted the VMM already when this is decided.
   *
   * @param pid process id of the peer, as the operating system says; 0 if it does not
   * @param uid user id of the peer
   */
  record ConnectVmm(long pid, long uid) implements Stimulus {}

  /**
   * The VMM went away, and what it shared with it. Without a VMM the event is recorded and changes
   * nothing: a lost connection is a fact, which nobody could take back if it was refused.
   *
   * @param reason for people; cut to {@link io.vsmmu.smmu.model.Limits#REASON_CHARS}
   */
  record DisconnectVmm(String reason) implements Stimulus {}

  /**
   * The VMM shares a region of guest memory. Recorded without effect when the region is empty, goes
   * beyond 2^64, overlaps one that is there, or is more than {@link
   * io.vsmmu.smmu.model.Limits#MEMORY_REGIONS} allows.
   *
   * @param address guest-physical address, unsigned
   * @param size bytes, unsigned
   */
  record MapMemory(
      long address, long size, boolean readable, boolean writable, MemorySharing sharing)
      implements Stimulus {}

  /**
   * The VMM takes memory back: every region that lies wholly inside; the others stay.
   *
   * @param address guest-physical address, unsigned
   * @param size bytes, unsigned; {@link #EVERYTHING} with address 0 means all regions
   */
  record UnmapMemory(long address, long size) implements Stimulus {

    /** All ones: with address 0 the whole address space, whose size has no 64-bit number. */
    public static final long EVERYTHING = -1L;

    /** Takes all regions back. */
    public static UnmapMemory all() {
      return new UnmapMemory(0, EVERYTHING);
    }

    /** Whether all regions are meant. */
    public boolean everything() {
      return address == 0 && size == EVERYTHING;
    }
  }

  /**
   * An operator, or a VMM by its hand, gives the guest a command queue that the physical SMMU reads
   * itself. Refused unless the vSMMU was created so.
   *
   * @param index the next one, from 0
   * @param address guest-physical address, a multiple of {@code size}
   * @param size bytes, a power of two
   */
  record AllocateHardwareQueue(int index, long address, long size) implements Stimulus {}

  /**
   * A hardware queue is taken away.
   *
   * @param index of the newest one
   */
  record FreeHardwareQueue(int index) implements Stimulus {}

  /** A write of ours to guest memory did not succeed. */
  record ReportAbort(GlobalError error) implements Stimulus {}

  /**
   * Page requests of the guest's devices.
   *
   * @param records at most {@link io.vsmmu.smmu.model.Limits#PAGE_REQUESTS}; more count as lost
   * @param lost how many requests were lost before these
   */
  record ReportPageRequests(List<PageRequest> records, long lost) implements Stimulus {
    public ReportPageRequests {
      records = List.copyOf(records);
    }

    /** Nothing was lost. */
    public ReportPageRequests(List<PageRequest> records) {
      this(records, 0);
    }
  }

  /** Register reads that a foreign trace holds. */
  record ObserveReads(List<RegisterRead> reads) implements Stimulus {
    public ObserveReads {
      reads = List.copyOf(reads);
    }
  }

  /** Host calls of the recorded host that a foreign trace holds; nothing here acts on them. */
  record ObserveHostCalls(List<RecordedHostCall> calls) implements Stimulus {
    public ObserveHostCalls {
      calls = List.copyOf(calls);
    }
  }

  /** A foreign trace shows how a stream's traffic was handled. */
  record ObserveTranslation(int streamId, int stage, long iova, long translated)
      implements Stimulus {}

  /**
   * Lines of a foreign trace, kept as they are.
   *
   * @param unattributed whether they would tell something if it were known which vSMMU they are of;
   *     others say nothing the model knows of
   */
  record KeepLines(long firstLine, List<String> lines, boolean unattributed) implements Stimulus {
    public KeepLines {
      lines = List.copyOf(lines);
    }

    /** Lines that say nothing the model knows of. */
    public KeepLines(long firstLine, List<String> lines) {
      this(firstLine, lines, false);
    }
  }

  /**
   * The recording ends here.
   *
   * @param complete false when the import stopped before the end of the recording
   * @param reason why it is not complete; empty when it is
   */
  record FinishRecording(boolean complete, String reason) implements Stimulus {}
}
