package io.vsmmu.bench;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.AppendDurability;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.InvalidationRange;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.TlbInvalidation;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.wire.EventCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes a log of any length for one vSMMU with a device: a guest unmaps single pages of a few
 * address spaces, and the host confirms each. A few slices, evenly distributed over the log, use
 * {@link #RARE_ASID} and {@link #RARE_ADDRESS}.
 */
final class LongLog {

  /** An ASID in {@link #RARE_SLICES} slices. */
  static final int RARE_ASID = 77;

  /** An address in {@link #RARE_SLICES} slices. */
  static final long RARE_ADDRESS = 0xdead_0000L;

  /** An ASID that commands of many slices name. */
  static final int FREQUENT_ASID = 1;

  /** The number of slices of each rare kind in a log. */
  static final int RARE_SLICES = 150;

  private static final int LOG2_QUEUE = 18;
  private static final int STREAM = 0x100;
  private static final int ASIDS = 4;
  private static final int PAGES = 512;
  private static final int APPEND_EVENTS = 4096;
  private static final long MICROS_PER_EVENT = 100;

  private final EventDatabase database;
  private final int vsmmu;
  private final List<NewEvent> waiting = new ArrayList<>();
  private VsmmuState state = VsmmuState.ABSENT;
  private long events;

  private LongLog(EventDatabase database, String name) {
    this.database = database;
    this.vsmmu = database.registry().register(name, UUID.randomUUID(), 0).id();
  }

  /** Writes a log of about {@code length} events; returns the number of its vSMMU. */
  static int write(EventDatabase database, String name, long length) {
    LongLog log = new LongLog(database, name);
    log.boot();
    long every = Math.max(1, length / 2 / RARE_SLICES);
    for (long slice = 0; log.events < length; slice++) {
      if (slice % every == every / 2) {
        log.unmap(RARE_ASID, address(slice));
        log.unmap(FREQUENT_ASID, RARE_ADDRESS);
      } else {
        log.unmap((int) (slice % ASIDS), address(slice));
      }
    }
    log.flush();
    return log.vsmmu;
  }

  private static long address(long slice) {
    return 0xffe0_0000L + 0x1000L * (slice % PAGES);
  }

  private void boot() {
    IdRegisters ids = IdRegisters.DEFAULT.withStage2(false);
    act(new Stimulus.Create(Origin.LIVE, Durability.COMMITTED, VsmmuProperties.ALL_AUTO, ids));
    act(
        new Stimulus.AttachDevice(
            STREAM,
            new HostDevice("0000:01:00.0", "smmu3.0", 1, ids, false),
            OnOffAuto.AUTO,
            ids,
            SteFetch.unknown(STREAM)));
    write(Register.CMDQ_BASE, 0x4000_0000_4080_0000L | LOG2_QUEUE);
    write(Register.CR0, 0x8);
  }

  private void write(Register register, long value) {
    act(
        new Stimulus.WriteRegister(
            register.offset(), register.widthBits() / Byte.SIZE, value, List.of()));
  }

  private void unmap(int asid, long address) {
    List<CommandEntry> entries =
        List.of(
            new TlbInvalidation.Va(
                    CommandOpcode.TLBI_NH_VA, 0, asid, InvalidationRange.single(address, true))
                .encode(),
            new SmmuCommand.Sync(SmmuCommand.Sync.CS_NONE, 0, 0, 0, 0).encode());
    int prod =
        QueuePointer.normalise((int) state.commandQueue().fetched(), LOG2_QUEUE)
            .advance(entries.size())
            .value();
    act(new Stimulus.ConsumeCommands(prod, entries, List.of(), List.of(), false));
    if (state.commandQueue().awaitsHost()) {
      act(new Stimulus.ReportHostOutcome(state.stimulus(), List.of()));
    }
  }

  private void act(Stimulus stimulus) {
    if (!(Vsmmu.decide(state, stimulus) instanceof Decision.Accepted accepted)) {
      throw new IllegalStateException("refused: " + stimulus);
    }
    long first = events;
    @Nullable Long cause =
        stimulus instanceof Stimulus.ReportHostOutcome report ? (Long) report.decision() : null;
    for (VsmmuEvent event : accepted.events()) {
      waiting.add(
          new NewEvent(
              events,
              MICROS_PER_EVENT * events,
              EventCodec.typeOf(event),
              events == first ? cause : (Long) first,
              null,
              EventCodec.encode(event)));
      events++;
    }
    state = accepted.after();
    if (waiting.size() >= APPEND_EVENTS) {
      flush();
    }
  }

  private void flush() {
    database.writer().append(vsmmu, List.copyOf(waiting), AppendDurability.JOURNALED);
    waiting.clear();
  }
}
