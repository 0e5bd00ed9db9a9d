package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.spec.ControlFields;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.GlobalError;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.InterruptFields;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.RegisterAccess;
import io.vsmmu.smmu.spec.StreamTableGeometry;
import io.vsmmu.smmu.spec.TableFields;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.FoldedState;
import io.vsmmu.smmu.stimulus.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * The state of a vSMMU at one position of its log; immutable.
 *
 * @param events the number of events applied, which is the sequence of the next event
 * @param stimulus sequence of the latest stimulus event, or -1
 * @param vm name of the VM that it belongs to; empty for one of its own
 * @param guestStarted whether the guest has accessed the frame: properties are frozen from then on
 * @param nextHandle the next logical handle, from 1
 * @param objects host objects by logical handle
 * @param memory what the VMM shares of the guest's memory, by address in unsigned order
 */
public record VsmmuState(
    Lifecycle lifecycle,
    long events,
    long stimulus,
    Origin origin,
    Durability durability,
    VsmmuProperties properties,
    String vm,
    IdRegisters ids,
    boolean guestStarted,
    RegisterFile registers,
    CommandQueue commandQueue,
    PSortedMap<Integer, StreamState> streams,
    PSortedMap<Integer, DeviceState> devices,
    HostHandles hostHandles,
    long nextHandle,
    PSortedMap<Long, HostObject> objects,
    CommandCounts commands,
    Observations observations,
    Health health,
    VmmConnection vmm,
    PSortedMap<Long, MemoryState> memory)
    implements FoldedState {

  /** The state before the first event. */
  public static final VsmmuState ABSENT =
      new VsmmuState(
          Lifecycle.ABSENT,
          0,
          -1,
          Origin.LIVE,
          Durability.COMMITTED,
          VsmmuProperties.ALL_AUTO,
          "",
          IdRegisters.DEFAULT,
          false,
          RegisterFile.RESET,
          CommandQueue.EMPTY,
          TreePMap.empty(),
          TreePMap.empty(),
          HostHandles.NONE,
          1,
          TreePMap.empty(),
          CommandCounts.NONE,
          Observations.NONE,
          Health.OK,
          VmmConnection.NONE,
          MemoryState.NO_REGIONS);

  /** Whether the guest set CR0.SMMUEN. */
  public boolean enabled() {
    return enabled(registers);
  }

  static boolean enabled(RegisterFile registers) {
    return ControlFields.SMMUEN.isSet(registers.get(Register.CR0));
  }

  /** Whether a guest may have read the ID registers, which must not change from then on. */
  public boolean identityMayBeKnown() {
    return guestStarted || vmm.connections() > 0;
  }

  /** The number of guests that have started: with the first access, and after each reset. */
  public long boots() {
    return guestStarted ? vmm.reboots() + 1 : 0;
  }

  /** GERROR.CMDQ_ERR is active: raised and not acknowledged. */
  public boolean commandQueueStopped() {
    long toggles = registers.get(Register.GERROR) ^ registers.get(Register.GERRORN);
    return InterruptFields.CMDQ_ERR.isSet(toggles);
  }

  /** How transactions are handled while the SMMU is disabled: GBPA.ABORT. */
  public StreamBehaviour globalBypass() {
    return globalBypass(registers);
  }

  static StreamBehaviour globalBypass(RegisterFile registers) {
    return ControlFields.GBPA_ABORT.isSet(registers.get(Register.GBPA))
        ? StreamBehaviour.ABORT
        : StreamBehaviour.BYPASS;
  }

  /**
   * Number of the event with which a transaction of the stream ends now; 0 for none. While the SMMU
   * is disabled GBPA decides, and no transaction causes an event (IHI 0070, 6.3.14). A StreamID
   * beyond the Stream table causes C_BAD_STREAMID also if the SMMU never looked for its STE
   * (7.3.3); the event is recorded only with CR2.RECINVSID.
   */
  public int faultOf(StreamState stream) {
    if (!enabled()) {
      return 0;
    }
    boolean never = stream.steNotRecorded() && stream.configuration() == StreamBehaviour.UNKNOWN;
    return never && beyondTable(stream.streamId())
        ? EventType.C_BAD_STREAMID.code()
        : stream.fault();
  }

  /** Whether STRTAB_BASE_CFG, as far as a recording contains it, gives the StreamID no STE. */
  private boolean beyondTable(int streamId) {
    long configuration = registers.get(Register.STRTAB_BASE_CFG);
    boolean unknown = origin == Origin.QEMU_TRACE && configuration == 0;
    return !unknown
        && !StreamTableGeometry.of(registers.get(Register.STRTAB_BASE), (int) configuration, ids)
            .covers(streamId);
  }

  /** Whether the guest set CR0.CMDQEN. */
  public boolean commandQueueEnabled() {
    return ControlFields.CMDQEN.isSet(registers.get(Register.CR0));
  }

  /**
   * What a guest reads.
   *
   * @param offset byte offset within the frame, any value
   * @param width bytes, any value
   * @return the value; 0 where there is no register (IHI 0070, 6.2)
   */
  public long read(int offset, int width) {
    // Guests read often, so that nothing is allocated here.
    Optional<RegisterAccess> access = Register.at(offset, width);
    return access.isPresent() ? access.get().read(value(access.get().register())) : 0;
  }

  /** The value of a register, identification registers included. */
  public long value(Register register) {
    return switch (register) {
      case IDR0, IDR1, IDR2, IDR3, IDR4, IDR5, IIDR, AIDR -> ids.value(register);
      case CMDQ_CONS -> index(register, commandQueueLog2Size());
      case EVENTQ_PROD -> index(register, eventQueueLog2Size());
      case PRIQ_PROD -> index(register, priQueueLog2Size());
      default -> registers.get(register);
    };
  }

  /** An index that the SMMU writes: bits that the queue's size leaves unused are RAZ (6.3.28). */
  private long index(Register register, int log2Size) {
    long unused = TableFields.RD.mask() & (-2L << log2Size);
    return registers.get(register) & ~unused;
  }

  /**
   * log2 of the command queue's entries in use: LOG2SIZE capped at IDR1.CMDQS (IHI 0070, 6.3.26). A
   * recording that starts after the guest had set up its queue does not contain LOG2SIZE; indexes
   * are then as long as IDR1 allows.
   */
  public int commandQueueLog2Size() {
    boolean unknown = origin == Origin.QEMU_TRACE && registers.get(Register.CMDQ_BASE) == 0;
    return unknown ? ids.cmdqsLog2() : queueLog2Size(Register.CMDQ_BASE, ids.cmdqsLog2());
  }

  /** log2 of the event queue's entries in use, capped at IDR1.EVENTQS. */
  public int eventQueueLog2Size() {
    return queueLog2Size(Register.EVENTQ_BASE, ids.eventqsLog2());
  }

  /** log2 of the PRI queue's entries in use, capped at IDR1.PRIQS. */
  public int priQueueLog2Size() {
    return queueLog2Size(Register.PRIQ_BASE, ids.priqsLog2());
  }

  /**
   * Entries of the command queue that are to be consumed if CMDQ_PROD is {@code prod}. None while
   * the two indexes are inconsistent, more than a whole queue apart: IHI 0070, 3.5.1 permits that,
   * and the entries there are not what a guest meant.
   *
   * @param prod CMDQ_PROD as written
   */
  public int commandsUpTo(long prod) {
    int log2Size = commandQueueLog2Size();
    QueuePointer to = QueuePointer.normalise((int) TableFields.WR.get(prod), log2Size);
    QueuePointer from = QueuePointer.normalise((int) commandQueue.fetched(), log2Size);
    return to.consistentWith(from) ? to.distanceFrom(from) : 0;
  }

  /** The error is active: raised and not acknowledged. */
  public boolean active(GlobalError error) {
    return error.active(registers.get(Register.GERROR), registers.get(Register.GERRORN));
  }

  private int queueLog2Size(Register base, int most) {
    long asked = TableFields.QUEUE_LOG2SIZE.get(registers.get(base));
    return (int) Math.min(asked, Math.min(most, QueuePointer.MAX_LOG2_SIZE));
  }

  /** The stream, if a device has it or the guest ever configured it. */
  public Optional<StreamState> stream(int streamId) {
    return Optional.ofNullable(streams.get(streamId));
  }

  /** The open hardware queues by index; while there is one, the log misses invalidations. */
  public List<HardwareQueue> hardwareQueues() {
    List<HardwareQueue> queues = new ArrayList<>();
    // They are allocated in the order of their indexes and freed in the reverse one.
    for (HostObject it : objects.values()) {
      if (it.kind() == HostObject.Kind.HARDWARE_QUEUE) {
        queues.add(
            new HardwareQueue(
                queues.size(), it.handle(), it.kernelId(), it.word0(), it.word1(), it.since()));
      }
    }
    return List.copyOf(queues);
  }

  /** The device behind the stream, if any. */
  public Optional<DeviceState> device(int streamId) {
    return Optional.ofNullable(devices.get(streamId));
  }
}
