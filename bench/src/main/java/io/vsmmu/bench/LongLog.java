package io.vsmmu.bench;

import io.vsmmu.control.offline.OfflineVsmmu;
import io.vsmmu.control.offline.SimulatedReplayHost;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.db.write.BulkAppender;
import io.vsmmu.host.simulated.TopologyBuilder;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.EventFields;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.InvalidationRange;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.StreamTableEntry;
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
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Writes a log of any length for one vSMMU with two devices, as a guest makes it that uses them: of
 * a hundred doorbells {@link #SINGLES} invalidate one page, {@link #BATCHES} invalidate 32, one
 * changes an STE between translation and bypass, and one follows a fault that the device met. The
 * decisions are applied to a simulated host, whose outcomes are in the log. A few doorbells, evenly
 * distributed over the log, name {@link #RARE_ASID}, or the stream {@link #RARE_STREAM}.
 */
final class LongLog implements AutoCloseable {

  /** An ASID in {@link #RARE_DOORBELLS} doorbells. */
  static final int RARE_ASID = 77;

  /** An ASID in no doorbell. */
  static final int ABSENT_ASID = 99;

  /** An address in no doorbell. */
  static final long ABSENT_ADDRESS = 0xbeef_0000L;

  /** A StreamID in the same number of others. */
  static final int RARE_STREAM = 0x200;

  /** A StreamID that one of a hundred doorbells names. */
  static final int BUSY_STREAM = 0x100;

  /** The number of doorbells of each rare kind in a log. */
  static final int RARE_DOORBELLS = 150;

  private static final int CYCLE = 100;
  private static final int BATCHES = 4;
  private static final int SINGLES = CYCLE - BATCHES - 2;
  private static final int BATCH_PAGES = 32;
  private static final int LOG2_QUEUE = 18;
  private static final int LOG2_EVENTS = 10;
  private static final int ASIDS = 4;
  private static final int PAGES = 512;
  private static final long FIRST_PAGE = 0xffe0_0000L;
  private static final long OTHER_PAGE = 0x7f_0000_0000L;
  private static final long PAGE_BYTES = 0x1000;

  /** Events after a doorbell, on average: it, and its outcome. */
  private static final int EVENTS_OF_A_DOORBELL = 2;

  /** Microseconds between two events. */
  private static final long PACE = 100;

  private static final StreamTableEntry TRANSLATED = StreamTableEntry.ofTwoWords(0x4000_000bL, 0);
  private static final StreamTableEntry BYPASSED = StreamTableEntry.ofTwoWords(0x9L, 0);

  private final int vsmmu;
  private final SimulatedReplayHost host = new SimulatedReplayHost();
  private final OfflineVsmmu guest = new OfflineVsmmu(host.objects(), this::take);
  private final BulkAppender log;
  private final long firstPage;
  private long events;

  private LongLog(EventDatabase database, String name, long firstPage) {
    this.firstPage = firstPage;
    this.vsmmu = database.registry().register(name, UUID.randomUUID(), 0).id();
    this.log = database.writer().bulk(vsmmu);
  }

  /**
   * Writes a log of about {@code length} events.
   *
   * @return the number of its vSMMU
   */
  static int write(EventDatabase database, String name, long length) {
    return write(database, name, length, Long.MAX_VALUE, FIRST_PAGE);
  }

  /** Writes the log of a guest that unmaps other pages. */
  static int writeElsewhere(EventDatabase database, String name, long length) {
    return write(database, name, length, Long.MAX_VALUE, OTHER_PAGE);
  }

  /**
   * Writes the log of a guest that leaves out some of these doorbells.
   *
   * @param leftOut one of this number of doorbells is left out
   */
  static int writeWithout(EventDatabase database, String name, long length, long leftOut) {
    return write(database, name, length, leftOut, FIRST_PAGE);
  }

  private static int write(
      EventDatabase database, String name, long length, long leftOut, long firstPage) {
    try (LongLog log = new LongLog(database, name, firstPage)) {
      log.boot();
      long every = Math.max(CYCLE, length / EVENTS_OF_A_DOORBELL / RARE_DOORBELLS);
      for (long doorbell = 0; log.events < length; doorbell++) {
        if (doorbell % leftOut != leftOut - 1) {
          log.ring(doorbell, doorbell % every);
        }
      }
      log.log.finish();
      return log.vsmmu;
    }
  }

  /**
   * @param phase the number of doorbells since the last rare one
   */
  private void ring(long doorbell, long phase) {
    int kind = (int) (doorbell % CYCLE);
    int asid = (int) (doorbell % ASIDS);
    if (phase == 0) {
      unmap(RARE_ASID, doorbell, 1);
    } else if (phase == 1) {
      configure(RARE_STREAM, TRANSLATED);
    } else if (kind < SINGLES) {
      unmap(asid, doorbell, 1);
    } else if (kind < SINGLES + BATCHES) {
      unmap(asid, doorbell, BATCH_PAGES);
    } else if (kind == SINGLES + BATCHES) {
      configure(BUSY_STREAM, doorbell / CYCLE % 2 == 0 ? BYPASSED : TRANSLATED);
    } else {
      fault(doorbell);
    }
  }

  private long address(long doorbell) {
    return firstPage + PAGE_BYTES * (doorbell % PAGES);
  }

  private void boot() {
    IdRegisters ids = IdRegisters.DEFAULT.withStage2(false);
    act(new Stimulus.Create(Origin.LIVE, Durability.JOURNALED, VsmmuProperties.ALL_AUTO, ids));
    attach(BUSY_STREAM, "0000:01:00.0", 1, ids);
    attach(RARE_STREAM, "0000:02:00.0", 2, ids);
    write(Register.STRTAB_BASE, 0x4000_0000_4100_0000L);
    write(Register.STRTAB_BASE_CFG, 0x10);
    write(Register.CMDQ_BASE, 0x4000_0000_4200_0000L | LOG2_QUEUE);
    write(Register.EVENTQ_BASE, 0x4000_0000_4300_0000L | LOG2_EVENTS);
    write(Register.CR0, 0x8);
    write(Register.CR0, 0xc);
    write(Register.CR0, 0xd);
    configure(BUSY_STREAM, TRANSLATED);
    configure(RARE_STREAM, TRANSLATED);
  }

  private void attach(int streamId, String address, int group, IdRegisters ids) {
    act(
        new Stimulus.AttachDevice(
            streamId,
            new HostDevice(address, TopologyBuilder.SMMU0, group, ids, false),
            OnOffAuto.AUTO,
            ids,
            SteFetch.unknown(streamId)));
  }

  private void write(Register register, long value) {
    act(
        new Stimulus.WriteRegister(
            register.offset(), register.widthBits() / Byte.SIZE, value, List.of()));
  }

  private void unmap(int asid, long doorbell, int pages) {
    List<CommandEntry> entries = new ArrayList<>();
    for (int i = 0; i < pages; i++) {
      entries.add(
          new TlbInvalidation.Va(
                  CommandOpcode.TLBI_NH_VA,
                  0,
                  asid,
                  InvalidationRange.single(address(doorbell + i), true))
              .encode());
    }
    consume(entries, List.of());
  }

  private void configure(int streamId, StreamTableEntry ste) {
    consume(
        new ArrayList<>(List.of(new ConfigInvalidation.Ste(streamId, false, true).encode())),
        List.of(SteFetch.read(streamId, ste)));
  }

  /** The device's transaction meets no mapping, and the guest consumes the record. */
  private void fault(long doorbell) {
    act(
        new Stimulus.ReportFaults(
            List.of(
                EventRecord.of(EventType.F_TRANSLATION, BUSY_STREAM)
                    .withAddress(EventFields.INPUT_ADDR, address(doorbell))),
            0));
    write(Register.EVENTQ_CONS, guest.state().value(Register.EVENTQ_PROD));
  }

  private void consume(List<CommandEntry> entries, List<SteFetch> fetches) {
    entries.add(new SmmuCommand.Sync(SmmuCommand.Sync.CS_NONE, 0, 0, 0, 0).encode());
    int prod =
        QueuePointer.normalise((int) guest.state().commandQueue().fetched(), LOG2_QUEUE)
            .advance(entries.size())
            .value();
    act(new Stimulus.ConsumeCommands(prod, entries, List.of(), fetches, false));
  }

  private void act(Stimulus stimulus) {
    host.prepare(stimulus);
    guest
        .submit(stimulus)
        .ifPresent(
            refusal -> {
              throw new IllegalStateException(stimulus + ": " + refusal.refusal());
            });
  }

  private void take(long sequence, OptionalLong cause, VsmmuEvent event) {
    log.add(
        new NewEvent(
            sequence,
            PACE * sequence,
            EventCodec.typeOf(event),
            cause.isPresent() ? (Long) cause.getAsLong() : null,
            null,
            EventCodec.encode(event)));
    events = sequence + 1;
  }

  @Override
  public void close() {
    host.close();
  }
}
