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

  enum ResetSource {
    /** The VMM reset the device (vfio-user's DEVICE_RESET). */
    VMM,
    /** An operator asked for it over the REST interface. */
    OPERATOR
  }

  /**
   * Creates a vSMMU.
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

  /** Deletes the vSMMU; its log stays. */
  record Delete() implements Stimulus {}

  /** A reset of the SMMU as of IHI 0070, 3.11 and of the VMM's machine. */
  record Reset(ResetSource source) implements Stimulus {}

  /** Guest accesses are held until {@link Resume}. */
  record Pause() implements Stimulus {}

  /** An operator lets guest accesses continue. */
  record Resume() implements Stimulus {}

  /**
   * Attaches a host device to the vSMMU.
   *
   * @param streamId the StreamID that the guest uses for it
   * @param device the host's description of the device
   * @param resolved the ID registers with {@code auto} resolved against this device's host
   * @param fetch the device's STE in guest memory, for a vSMMU that is enabled
   */
  record AttachDevice(
      int streamId, HostDevice device, OnOffAuto ats, IdRegisters resolved, SteFetch fetch)
      implements Stimulus {}

  /**
   * Detaches the host device with {@code streamId}.
   *
   * @param shownBefore when an attachment is undone because the host refused it: the ID registers
   *     as they were before it; empty when a device that was attached is detached
   */
  record DetachDevice(int streamId, Optional<IdRegisters> shownBefore) implements Stimulus {

    /** Detaches a device whose attachment the host accepted. */
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
   * A slice of the command queue, after the guest moved CMDQ_PROD or because consumption continues.
   *
   * @param prod the newest CMDQ_PROD, as written
   * @param entries the entries of the queue from the fetch index on, in order, at most {@link
   *     io.vsmmu.smmu.model.Limits#SLICE_ENTRIES}
   * @param known for entries of a QEMU trace, of which not all bits are known: for each entry two
   *     masks of its known bits; empty when all bits are known
   * @param fetches the STEs that the CFGI commands among the entries make the SMMU read
   * @param fetchFault the entry after the last one could not be read from guest memory
   * @param recorded what a recorded SMMU did with the entries; empty for a live guest
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

    /** A live guest, or a recording that does not contain the outcome of its commands. */
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
   * The host's outcome of the operations of a decision.
   *
   * @param decision sequence of the event that asked for the operations
   * @param operations in the order of their execution, with their outcomes
   * @param beganMicros when the first measured operation began, in microseconds since 1970; 0 if
   *     none was measured
   */
  record ReportHostOutcome(long decision, List<HostOperation> operations, long beganMicros)
      implements Stimulus {
    public ReportHostOutcome {
      operations = List.copyOf(operations);
    }

    /** An outcome of whose operations no time was measured. */
    public ReportHostOutcome(long decision, List<HostOperation> operations) {
      this(decision, operations, 0);
    }
  }

  /**
   * Faults that were read from the host's vEVENTQ.
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
   * A VMM connected. It replaces the VMM that was connected before, whose memory is not shared any
   * more. This is never refused, because the socket has accepted the VMM already.
   *
   * @param pid process id of the peer by SO_PEERCRED; 0 if it is unknown
   * @param uid user id of the peer
   */
  record ConnectVmm(long pid, long uid) implements Stimulus {}

  /**
   * The VMM disconnected; its memory is not shared any more. If no VMM was connected, the event is
   * recorded without effect: a lost connection cannot be refused.
   *
   * @param reason for operators; cut to {@link io.vsmmu.smmu.model.Limits#REASON_CHARS}
   */
  record DisconnectVmm(String reason) implements Stimulus {}

  /**
   * The VMM shares a region of guest memory. It is recorded without effect if the region is empty,
   * ends beyond 2^64, overlaps another one, or is one more than {@link
   * io.vsmmu.smmu.model.Limits#MEMORY_REGIONS} allows.
   *
   * @param address guest-physical address, unsigned
   * @param size bytes, unsigned
   */
  record MapMemory(
      long address, long size, boolean readable, boolean writable, MemorySharing sharing)
      implements Stimulus {}

  /**
   * The VMM withdraws every region that is wholly inside a range; the others stay.
   *
   * @param address guest-physical address, unsigned
   * @param size bytes, unsigned; {@link #EVERYTHING} with address 0 means all regions
   */
  record UnmapMemory(long address, long size) implements Stimulus {

    /** All ones: with address 0 the whole address space, whose size has no 64-bit number. */
    public static final long EVERYTHING = -1L;

    /** Withdraws all regions of guest memory. */
    public static UnmapMemory all() {
      return new UnmapMemory(0, EVERYTHING);
    }

    /** Whether all regions are meant. */
    public boolean everything() {
      return address == 0 && size == EVERYTHING;
    }
  }

  /**
   * Gives the guest a command queue that the physical SMMU reads itself, as an operator asked,
   * possibly for a VMM. Refused unless the vSMMU was created with {@code cmdqv=accept_blind}.
   *
   * @param index the next one, from 0
   * @param address guest-physical address, a multiple of {@code size}
   * @param size bytes, a power of two
   */
  record AllocateHardwareQueue(int index, long address, long size) implements Stimulus {}

  /**
   * Frees a hardware queue.
   *
   * @param index the highest index in use
   */
  record FreeHardwareQueue(int index) implements Stimulus {}

  /** A write of the vSMMU to guest memory, of a record or of an MSI, failed. */
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

    /** Page requests before which none was lost. */
    public ReportPageRequests(List<PageRequest> records) {
      this(records, 0);
    }
  }

  /** Register reads in a QEMU trace. */
  record ObserveReads(List<RegisterRead> reads) implements Stimulus {
    public ObserveReads {
      reads = List.copyOf(reads);
    }
  }

  /** Calls of the recorded VMM to its host in a QEMU trace; they change no state. */
  record ObserveHostCalls(List<RecordedHostCall> calls) implements Stimulus {
    public ObserveHostCalls {
      calls = List.copyOf(calls);
    }
  }

  /** A translation in a QEMU trace. */
  record ObserveTranslation(int streamId, int stage, long iova, long translated)
      implements Stimulus {}

  /**
   * Lines of a QEMU trace, kept unchanged.
   *
   * @param unattributed whether the model knows the lines' meaning but not which vSMMU they belong
   *     to; if false, it does not know their meaning
   */
  record KeepLines(long firstLine, List<String> lines, boolean unattributed) implements Stimulus {
    public KeepLines {
      lines = List.copyOf(lines);
    }

    /** Lines whose meaning the model does not know. */
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

  /**
   * From here on the input is not what happened.
   *
   * @param change what was changed, for people; cut to {@link
   *     io.vsmmu.smmu.model.Limits#REASON_CHARS}
   */
  record ChangeInput(String change) implements Stimulus {}

  /**
   * A log begins in the middle of another one, with the state that the events before led to.
   *
   * @param vsmmu name of the vSMMU in the service that exported the part
   * @param firstPosition position there of the part's first event
   * @param lastPosition position there of the part's last event
   * @param events number of events of the whole log when the part was exported
   * @param state the state before the part's first event
   */
  record ImportPart(
      String vsmmu, long firstPosition, long lastPosition, long events, FoldedState state)
      implements Stimulus {}
}
