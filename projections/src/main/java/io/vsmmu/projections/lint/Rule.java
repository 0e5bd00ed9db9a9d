package io.vsmmu.projections.lint;

/**
 * A kind of problem that is looked for in logs. docs/lint.md is written from this table; the names
 * are part of the REST interface.
 */
public enum Rule {
  BYPASS_WHILE_ENABLED(
      Severity.WARNING,
      "IHI 0070, 5.2 (STE.Config), 6.3.14 (GBPA)",
      "A stream's transactions are not translated although CR0.SMMUEN is 1. The cause says why: the"
          + " guest's own STE (GUEST_STE, which is an info: Linux does so for an identity domain,"
          + " for a StreamID under an RMR of the IORT, and when a driver releases its device),"
          + " GBPA, another device of the iommu group (GROUP), or the host, which could attach the"
          + " device neither to what was asked for nor to abort (HOST).",
      "The configuration that puts a stream on bypass opens the window; the one that ends it, or"
          + " the device's detachment, closes it.",
      "If the device is not to reach all of the guest's memory, look at the STE at the first"
          + " position; boot the guest without iommu.passthrough=1, and look for RMR nodes."),
  STE_UPDATE_WINDOW(
      Severity.WARNING,
      "IHI 0070, 3.21.3, 7.3.5 (C_BAD_STE)",
      "The STE of a device that was active was invalid (V = 0) between two valid ones, with the"
          + " length of the window and the transactions that were terminated with C_BAD_STE in it."
          + " Without such a record it is an info.",
      "CMD_CFGI_STE for a device that translates or bypasses makes the SMMU use an STE with V = 0,"
          + " and a later one an STE that lets transactions pass. Without a record only a window"
          + " of less than a second counts, as a device that is released and taken again has one"
          + " too. A QEMU trace does not contain whether an STE that aborts has V = 0.",
      "Change the STE without V = 0 in between where the fields allow it, as Linux does"
          + " (arm_smmu_write_entry), or stop the device's DMA for the time of the change."),
  STE_CHANGED_WITHOUT_CFGI(
      Severity.WARNING,
      Needs.WHOLE_LOG,
      "IHI 0070, 3.21.3, 4.3.1",
      "An STE was changed in memory without CMD_CFGI_STE, CMD_CFGI_STE_RANGE or CMD_CFGI_ALL, so"
          + " that the SMMU may go on using the old one.",
      "The STE that is read when CR0.SMMUEN becomes 1 or a device is attached differs from the one"
          + " that the last CFGI command read, and that one was in use while the SMMU was enabled.",
      "Issue CMD_CFGI_STE and CMD_SYNC after every change of an STE, and CMD_CFGI_ALL before"
          + " CR0.SMMUEN is set again."),
  COMMAND_REFUSED(
      Severity.ERROR,
      "IHI 0070, 7.1, 6.3.28 (CMDQ_CONS.ERR)",
      "The command queue stopped at a command: GERROR.CMDQ_ERR, with CMDQ_CONS.ERR 1 (CERROR_ILL:"
          + " the command is illegal), 2 (CERROR_ABT: it could not be read) or 3"
          + " (CERROR_ATC_INV_SYNC: a device did not answer an ATS invalidation in time). The"
          + " entry is shown with its fields, and the reason.",
      "The event with which the queue stopped, and the slice that contains the entry.",
      "The reason names the field or the feature: compare it with the ID registers that the guest"
          + " read. A command that the host refused is in HOST_FAILURE too."),
  COMMANDS_AFTER_ERROR(
      Severity.WARNING,
      "IHI 0070, 7.1",
      "The guest wrote CMDQ_PROD while GERROR.CMDQ_ERR was not acknowledged: no command is"
          + " consumed.",
      "Writes of CMDQ_PROD between the error and the write of GERRORN.",
      "The guest's handler of the GERROR interrupt must repair the entry and write GERRORN; look"
          + " whether the interrupt was delivered."),
  INCONSISTENT_PROD(
      Severity.ERROR,
      "IHI 0070, 3.5.1",
      "The guest moved CMDQ_PROD further than the queue has entries: no command is consumed.",
      "The write of CMDQ_PROD.",
      "Check the wrap bit and LOG2SIZE of CMDQ_BASE in the guest's driver."),
  COMMAND_WITHOUT_SYNC(
      Severity.WARNING,
      Needs.WHOLE_LOG,
      "IHI 0070, 4.7.3, 3.21",
      "The guest relied on an invalidation without a CMD_SYNC after it: it set CR0.SMMUEN"
          + " (ENABLED), a device used a stream whose STE had been changed (USED), or no CMD_SYNC"
          + " ever followed (NEVER, an info).",
      "ENABLED: a CFGI or TLBI command was consumed, and no CMD_SYNC between it and the write of"
          + " CR0. USED: a fault of the stream, at least a tenth of a second after the command, as"
          + " records take time. NEVER: the guest accessed the SMMU ten seconds later and more."
          + " CMDQ_CONS behind a command says that it was consumed, not that it is complete.",
      "Put a CMD_SYNC behind the last command and wait for it before relying on its effect."),
  TRANSLATION_CHANGED_WITHOUT_TLBI(
      Severity.WARNING,
      Needs.WHOLE_LOG,
      "IHI 0070, 3.21.1, 4.4",
      "An address was mapped to another page without a TLB invalidation that covers it (NO_TLBI),"
          + " or before the CMD_SYNC behind it (NO_SYNC): the device may have used the old page.",
      "Two translations of the same StreamID and page with different results, which only the"
          + " recording of an SMMU that QEMU emulates contains (smmuv3_translate_success). A CFGI"
          + " command for the stream, a reset, and CR0.SMMUEN begin anew. On a host, where the"
          + " hardware translates, an unmapping cannot be seen at all.",
      "After a descriptor is changed: TLBI for the address and ASID, CMD_SYNC, and only then"
          + " another mapping at that address."),
  FAULT_AFTER_INVALIDATION(
      Severity.INFO,
      "IHI 0070, 7.3.13 (F_TRANSLATION)",
      "A device accessed an address after a TLB invalidation had covered it: the guest had probably"
          + " unmapped it while the device was still using it.",
      "F_TRANSLATION on an input address within one of the last 64 CMD_TLBI_NH_VA. Reported only"
          + " where one stream translates, because the log does not contain which ASID a stream"
          + " has.",
      "Look for a driver that unmaps a buffer before its device has finished, from the"
          + " invalidation's position backwards."),
  MISSING_ATC_INV(
      Severity.WARNING,
      Needs.WHOLE_LOG,
      "IHI 0070, 3.9.1, 4.5.1",
      "The guest invalidates the TLB but never the device's own Address Translation Cache, though"
          + " the device has ATS: it goes on using what it cached.",
      "A device with ATS on, STE.EATS not 0, and no other stream that translates; 64 CMD_SYNCs"
          + " behind TLB invalidations of addresses or ASIDs, and no CMD_ATC_INV for its StreamID.",
      "After a TLBI and its CMD_SYNC, issue CMD_ATC_INV for each such device and a CMD_SYNC; or"
          + " attach the device with ats=off."),
  SSID_BEYOND_S1CDMAX(
      Severity.WARNING,
      "IHI 0070, 5.2 (S1CDMax), 4.3.3, 7.3.9 (C_BAD_SUBSTREAMID)",
      "A SubstreamID (PASID) for which the stream has no CD: used by the device (FAULT), or named"
          + " by CMD_CFGI_CD (COMMAND, an info).",
      "C_BAD_SUBSTREAMID or CMD_CFGI_CD with a SubstreamID of 2^S1CDMax or more, where the stream's"
          + " STE is known.",
      "Make the CD table as large as the PASIDs that the device is given (STE.S1CDMax)."),
  CFGI_WITHOUT_DEVICE(
      Severity.INFO,
      "IHI 0070, 4.3.1",
      "CMD_CFGI_STE for a StreamID that no device has. Guests do so for bridges and root ports.",
      "The command, and the devices that are attached. Recordings without devices"
          + " are not examined.",
      "If a device was expected there, compare its StreamID with the IORT's ID mapping."),
  STREAM_BEYOND_TABLE(
      Severity.WARNING,
      "IHI 0070, 6.3.25 (LOG2SIZE), 7.3.3 (C_BAD_STREAMID)",
      "The Stream table ends before the StreamID of a device: each of its transactions is"
          + " terminated with C_BAD_STREAMID.",
      "STRTAB_BASE_CFG when CR0.SMMUEN becomes 1 or a device is attached (DEVICE), or a"
          + " C_BAD_STREAMID (FAULT). A first-level descriptor without a second level is no"
          + " finding: Linux makes those when a driver needs them.",
      "Correct the ID mapping of the IORT, or the device's place on its bus."),
  UNALIGNED_BASE(
      Severity.WARNING,
      "IHI 0070, 6.3.24, 6.3.26, 6.3.29, 6.3.33",
      "The base of the Stream table or of a queue is not aligned to its size: the SMMU ignores the"
          + " low address bits and uses another address than the guest wrote.",
      "STRTAB_BASE, CMDQ_BASE, EVENTQ_BASE or PRIQ_BASE when CR0 enables what they are for.",
      "Allocate the table or queue aligned to its size in bytes."),
  LEFTOVER_STATE(
      Severity.WARNING,
      "IHI 0070, 3.11",
      "A guest found the SMMU as firmware, an earlier kernel or an earlier VM had left it: another"
          + " VMM process connected without a reset (OTHER_VMM); a driver set up another command"
          + " queue without a reset since the last one was in use (NO_RESET, an info); or the first"
          + " read of CR0 in a recording shows CR0.SMMUEN = 1 (FIRST_READ, an info).",
      "OTHER_VMM: CR0, IRQ_CTRL and GERROR at the first access of the guest. NO_RESET: CMDQ_BASE"
          + " when CR0.CMDQEN becomes 1. A VMM that connects again, and a driver that resumes with"
          + " its own queue, are no findings.",
      "Reset the vSMMU together with the machine; firmware should set CR0 to 0 when it hands"
          + " over."),
  FAULT(
      Severity.WARNING,
      "IHI 0070, 7.3",
      "The SMMU recorded a fault or a configuration error of a stream, one finding for each"
          + " StreamID and type.",
      "The records of the vEVENTQ; of a QEMU trace the lines smmuv3_record_event, which do not name"
          + " their SMMU and are kept with the first one of the recording.",
      "The type says where to look: the stream's STE (C_BAD_STE, F_STE_FETCH), its CD (C_BAD_CD,"
          + " F_CD_FETCH), or its mappings (F_TRANSLATION, F_PERMISSION)."),
  FAULT_STORM(
      Severity.WARNING,
      "IHI 0070, 7.2",
      "256 faults of one StreamID within a second, with the state of ATS: a device with ATS repeats"
          + " a request that fails, and a storm of one device fills the queue of all.",
      "The records of the vEVENTQ with the time at which they were received.",
      "Stop the device's DMA; see FAULT for the cause. If ATS is on, try the device with ats=off."),
  BAD_CD_WITH_S1DSS_BYPASS(
      Severity.WARNING,
      "IHI 0070, 5.2 (S1DSS), 3.9",
      "C_BAD_CD for a transaction without a SubstreamID, though STE.S1DSS is 0b01: such a"
          + " transaction bypasses stage 1, and no CD is read for it. The record was made by"
          + " software that walked the guest's tables by itself. QEMU did so for the MSI doorbell"
          + " of a passed-through device whose guest uses iommu.passthrough=1, until it got the"
          + " doorbell's address directly (get_msi_direct_gpa).",
      "The record, and the stream's STE.",
      "Use a QEMU with get_msi_direct_gpa, or let the guest translate the device"
          + " (iommu.passthrough=0)."),
  LOST_FAULTS(
      Severity.WARNING,
      "IOMMU_VEVENTQ_FLAG_LOST_EVENTS of include/uapi/linux/iommufd.h",
      "The vEVENTQ overflowed, so that fault records are missing in the log.",
      "The number that the kernel gives with the next records.",
      "Look for FAULT_STORM; the records that are missing are not in the log."),
  RECORDS_NOT_DELIVERED(
      Severity.WARNING,
      "IHI 0070, 7.2, 7.4, 3.5.1",
      "The guest does not learn of a fault or page request, because its queue did not take the"
          + " record: it was full (OVERFLOW), disabled (DISABLED), or an abort was not acknowledged"
          + " (ABORTED).",
      "The number of records that an event holds and of those that were written.",
      "OVERFLOW: a larger queue, or a guest that reads it sooner. DISABLED: the device was active"
          + " before the guest's driver."),
  WRITE_ABORTED(
      Severity.ERROR,
      "IHI 0070, 7.2, 7.5.1 (GERROR)",
      "The guest placed a queue or an MSI at an address where memory could not be written.",
      "The error of GERROR.",
      "Compare EVENTQ_BASE, PRIQ_BASE or the MSI's address with the memory that the VMM shares."),
  TLBI_STORM(
      Severity.INFO,
      "IHI 0070, 4.4; arm-smmu-v3-sva.c, CMDQ_MAX_TLBI_OPS",
      "More than 512 invalidations of one ASID by address in a row, without a CMD_SYNC between them"
          + " (RUN): one command for the whole ASID would be faster, and Linux had soft lockups of"
          + " this kind. Or 10,000 TLB invalidations within a second (RATE).",
      "The commands of the queue; for RATE the time of the slices, which a recording without time"
          + " stamps does not have.",
      "Show range invalidation to the guest (ril=on), or use a kernel with CMDQ_MAX_TLBI_OPS."),
  SPLIT_RANGE_INVALIDATION(
      Severity.INFO,
      "IHI 0070, 4.4.1.1; Arm DDI 0487, the Contiguous bit",
      "Consecutive range invalidations meet within a group of descriptors that may be one TLB entry"
          + " (16 of 4KB, 128 of 16KB, 32 of 64KB). An MMU-700 is reported to keep such an entry.",
      "The ranges of the commands. Whether descriptors have the Contiguous bit is not in the log;"
          + " not reported where the host's SMMU is known by its IIDR to be no MMU-700.",
      "On an MMU-700 hide range invalidation from the guest (ril=off)."),
  INVALIDATION_COST(
      Severity.INFO,
      "IHI 0070, 4.4; kernel-parameters.txt, iommu.strict",
      "What TLB invalidations cost: their number for each CMD_SYNC and ASID, and whether the guest"
          + " seems to wait for each unmapping (STRICT), to collect them (LAZY), or both (MIXED)."
          + " Nothing is wrong.",
      "All TLB invalidations of the log, from 256 on.",
      "If invalidations limit the guest's throughput, boot it with iommu.strict=0 where its devices"
          + " are trusted."),
  HOST_FAILURE(
      Severity.ERROR,
      "the errnos of IommuContext, by the kernel's functions",
      "The host refused an operation, with its errno and what the guest met instead; or a call of"
          + " the VMM that was recorded failed, with its errno if the trace has it: QEMU prints -1"
          + " for most calls, which is no errno. A mapping that failed is a warning, because QEMU"
          + " goes on without it if it is of a device's BAR. An unmapping of nothing is no"
          + " failure.",
      "The outcome that the host reported; of a recording the line of the call.",
      "docs/host.md lists the errnos; ./vsmmu failures shows all of the service's own host. Of a"
          + " recorded VMM, the messages that it printed beside the trace have the errno."),
  BLIND_INTERVAL(
      Severity.WARNING,
      "ADR 15",
      "The guest had a queue that the hardware reads itself, whose commands are not in the log.",
      "The queue's allocation and its end.",
      "Create the vSMMU with cmdqv=off to see all commands."),
  HWPT_LEAK(
      Severity.WARNING,
      "IOMMU_DESTROY of include/uapi/linux/iommufd.h",
      "A nested HWPT to which no stream is attached was never freed.",
      "The objects and streams at the end of the log.",
      "This is a defect of the service: report it with the exported log."),
  UNBATCHED_INVALIDATIONS(
      Severity.INFO,
      "IOMMU_HWPT_INVALIDATE of include/uapi/linux/iommufd.h takes several entries",
      "The recorded host took invalidations one at a time, although the guest had submitted several"
          + " up to a CMD_SYNC.",
      "The recorded calls of each doorbell.",
      "Nothing in the guest: the VMM could batch them."),
  DIFFERENT_REGISTER_READ(
      Severity.INFO,
      "IHI 0070, 6.3",
      "The recorded SMMU answered a register read differently than this service's model.",
      "The recorded value and the state at that position.",
      "docs/qemu-differences.md lists the known differences."),
  DIFFERENT_VERDICT(
      Severity.WARNING,
      "docs/fields.md, the rules of commands",
      "The recorded SMMU treated a command differently than this service's model.",
      "What the recorded SMMU did with the command, by CMDQ_CONS and GERROR.",
      "docs/qemu-differences.md lists the known differences."),
  PARTIAL_RECORDING(
      Severity.WARNING,
      "ADR 16",
      "The recording says that it is not complete. Rules that report the absence of a command are"
          + " silent for such a log.",
      "The end of the recording.",
      "Record again from the VMM's start, with all trace events that the documentation names."),
  PART_OF_LOG(
      Severity.INFO,
      "ADR 43",
      "The log is a part of another one. It begins with the state that earlier events led to"
          + " (BEGINNING), or ends before the recording does that it was exported from (END)."
          + " Nothing is missing in between, and all rules are checked there; what the guest did"
          + " before and afterwards is not known.",
      "The event PartImported with which the log begins; the absence of the end of a recording.",
      "If the question is about what was before or follows, import an export of the whole log.");

  /** What a log must contain for a rule to report anything. */
  private enum Needs {
    ANY_LOG,
    /** Every command of the guest, because the rule reports the absence of one. */
    WHOLE_LOG
  }

  private final Severity severity;
  private final Needs needs;
  private final String source;
  private final String meaning;
  private final String evidence;
  private final String remedy;

  Rule(Severity severity, String source, String meaning, String evidence, String remedy) {
    this(severity, Needs.ANY_LOG, source, meaning, evidence, remedy);
  }

  Rule(
      Severity severity,
      Needs needs,
      String source,
      String meaning,
      String evidence,
      String remedy) {
    this.severity = severity;
    this.needs = needs;
    this.source = source;
    this.meaning = meaning;
    this.evidence = evidence;
    this.remedy = remedy;
  }

  /** The highest severity of its findings. */
  public Severity severity() {
    return severity;
  }

  /**
   * Whether the rule reports the absence of a command. It then has no findings in a log that lacks
   * commands.
   */
  public boolean needsWholeLog() {
    return needs == Needs.WHOLE_LOG;
  }

  /** The section of the specification, or what else the rule follows from. */
  public String source() {
    return source;
  }

  /** What a finding means, in full sentences. */
  public String meaning() {
    return meaning;
  }

  /** What in a log shows it, and what a log cannot show. */
  public String evidence() {
    return evidence;
  }

  /** What the reader can do about it. */
  public String remedy() {
    return remedy;
  }
}
