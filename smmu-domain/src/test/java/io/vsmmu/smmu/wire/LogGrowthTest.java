package io.vsmmu.smmu.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.aggregate.DecisionLoop;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.Limits;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The log of a guest that means harm grows with the bytes that the guest writes: register accesses,
 * commands, STEs, and what leads to STEs.
 */
@Tag("slow")
class LogGrowthTest {

  private static final IdRegisters IDS =
      IdRegisters.DEFAULT.withStage2(false).withAts(true).withMsi(true).withSsidSize(4);

  /** What a guest may write before its program is measured: it grows the log by a constant. */
  private static final long HEAD_START_BYTES = 1024;

  private static final int DEVICES = 4;

  /** A guest that counts what it writes, and what the log got of it. */
  private static final class Hostile {
    private final SplittableRandom random;
    private final int streams;

    /** Two Stream tables, or two second-level tables, and none. */
    private final StreamTableEntry[][] tables;

    private int table;
    private VsmmuState state = VsmmuState.ABSENT;
    private long written = HEAD_START_BYTES;
    private long logged;
    private long moves;
    private long events;
    private long commands;

    Hostile(long seed, int streams, int devices) {
      this.random = new SplittableRandom(seed);
      this.streams = streams;
      this.tables = new StreamTableEntry[2][streams];
      for (StreamTableEntry[] entries : tables) {
        for (int sid = 0; sid < streams; sid++) {
          entries[sid] = ste();
        }
      }
      meets(new Stimulus.Create(Origin.LIVE, Durability.COMMITTED, VsmmuProperties.ALL_AUTO, IDS));
      for (int i = 0; i < devices; i++) {
        HostDevice device = new HostDevice("0000:%02x:00.0".formatted(i), "smmu3.0", i, IDS, true);
        meets(new Stimulus.AttachDevice(i, device, OnOffAuto.AUTO, IDS, fetch(i)));
        outcome();
      }
      logged = 0;
      events = 0;
      moves = 0;
      write(Register.CMDQ_BASE, 0x9000_0000L | 13);
      write(Register.CR0, 0xd);
    }

    private StreamTableEntry ste() {
      return switch (random.nextInt(6)) {
        case 0 -> StreamTableEntry.ofTwoWords(0, 0);
        case 1 -> StreamTableEntry.ofTwoWords(0x9, 0);
        case 2 -> StreamTableEntry.of(new SplittableRandom(7).longs(8).toArray());
        default -> StreamTableEntry.ofTwoWords(0xb | random.nextInt(1 << 20) << 6 & ~0x3fL, 0xe8);
      };
    }

    private SteFetch fetch(int sid) {
      return switch (table) {
        case 2 -> SteFetch.failed(sid, SteFetch.Outcome.FETCH_FAULT);
        case 3 -> SteFetch.failed(sid, SteFetch.Outcome.OUT_OF_TABLE);
        default ->
            sid < streams
                ? SteFetch.read(sid, tables[table][sid])
                : SteFetch.failed(sid, SteFetch.Outcome.OUT_OF_TABLE);
      };
    }

    void write(Register register, long value) {
      write(register.offset(), register.widthBits() / 8, value);
    }

    void write(int offset, int width, long value) {
      written += Math.max(4, width);
      List<SteFetch> fetches = state.devices().keySet().stream().map(this::fetch).toList();
      meets(new Stimulus.WriteRegister(offset, width, value, fetches));
      outcome();
    }

    /** A doorbell and what the gateway reads for it. */
    void submit(List<CommandEntry> entries) {
      written += 4 + 16L * entries.size();
      commands += entries.size();
      long prod = state.commandQueue().fetched() + entries.size();
      Optional<Stimulus.ConsumeCommands> slice =
          Optional.of(
              new Stimulus.ConsumeCommands(prod, entries, List.of(), fetches(entries), false));
      while (slice.isPresent()) {
        List<VsmmuEvent> decided = meets(slice.get());
        outcome();
        slice = DecisionLoop.remainder(slice.get(), decided);
      }
      if (state.commandQueueStopped()) {
        write(Register.GERRORN, state.value(Register.GERROR));
        write(Register.CR0, 0x5);
        write(Register.CMDQ_CONS, 0);
        write(Register.CR0, 0xd);
      }
    }

    private List<SteFetch> fetches(List<CommandEntry> entries) {
      List<SteFetch> fetches = new ArrayList<>();
      boolean ranged = false;
      for (CommandEntry entry : entries) {
        if (SmmuCommand.decode(entry) instanceof ConfigInvalidation.Ste ste) {
          fetches.add(fetch(ste.sid()));
        }
        ranged |= entry.opcode() == CommandOpcode.CFGI_STE_RANGE.code();
      }
      if (ranged) {
        state.streams().keySet().forEach(sid -> fetches.add(fetch(sid)));
      }
      return fetches;
    }

    /** Few bytes lead to other STEs: an L1STD, or STRTAB_BASE. */
    void turnsTable() {
      written += 8;
      table = random.nextInt(4);
    }

    void changesSte() {
      written += 64;
      tables[table & 1][random.nextInt(streams)] = ste();
    }

    private void outcome() {
      if (state.commandQueue().awaitsHost()) {
        int entries = 1;
        HostOperation done =
            new HostOperation(HostOperation.Kind.INVALIDATE, 0, 3, -1, 0, entries, 0, 0, -1);
        meets(new Stimulus.ReportHostOutcome(state.commandQueue().awaiting(), List.of(done)));
      }
    }

    private List<VsmmuEvent> meets(Stimulus stimulus) {
      Decision.Accepted accepted = (Decision.Accepted) Vsmmu.decide(state, stimulus);
      for (VsmmuEvent event : accepted.events()) {
        logged += EventCodec.encode(event).length;
        events++;
        moves += event instanceof StreamConfigured moved && moved.hwpt() != 0 ? 1 : 0;
      }
      state = accepted.after();
      return accepted.events();
    }

    void isBounded(String program) {
      long most = written * Limits.LOG_BYTES_PER_GUEST_BYTE + moves * Limits.LOG_BYTES_PER_MOVE;
      assertThat(logged)
          .as("%s: %d bytes written, %d events, %d moves", program, written, events, moves)
          .isLessThanOrEqualTo(most);
    }
  }

  private static CommandEntry range(int sid, int range) {
    return new ConfigInvalidation.SteRange(sid, false, range).encode();
  }

  private static CommandEntry all() {
    return range(0, ConfigInvalidation.RANGE_ALL);
  }

  private static CommandEntry ste(int sid) {
    return new ConfigInvalidation.Ste(sid, false, true).encode();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 0x5eed, -7, 0x1e2d6871})
  void no_program_makes_the_log_grow_faster_than_a_named_factor_of_what_it_writes(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Hostile guest = new Hostile(seed, 200, DEVICES);
    for (int i = 0; i < 1_500; i++) {
      step(guest, random);
      guest.isBounded("seed %d, step %d".formatted(seed, i));
    }
  }

  private static void step(Hostile guest, SplittableRandom random) {
    switch (random.nextInt(10)) {
      case 0 -> guest.turnsTable();
      case 1 -> guest.changesSte();
      case 2 -> guest.write(Register.CR0, random.nextBoolean() ? 0xd : 0xc);
      case 3 -> guest.write(Register.GBPA, 0x8000_0000L | random.nextLong() & 0x10_0000);
      case 4 -> guest.write(random.nextInt(), random.nextInt(1, 16), random.nextLong());
      case 5 -> {
        Register[] registers = Register.values();
        Register any = registers[random.nextInt(registers.length)];
        // The queue stays where this test has it.
        if (any != Register.CMDQ_BASE && any != Register.CMDQ_PROD) {
          guest.write(any, random.nextLong() | (any == Register.CR0 ? 0xc : 0));
        }
      }
      default -> {
        List<CommandEntry> entries = new ArrayList<>();
        for (int i = random.nextInt(1, 20); i > 0; i--) {
          entries.add(command(random));
        }
        guest.submit(entries);
      }
    }
  }

  private static CommandEntry command(SplittableRandom random) {
    int sid = random.nextInt(220);
    return switch (random.nextInt(9)) {
      case 0, 1 -> all();
      case 2 -> range(sid, random.nextInt(32));
      case 3, 4 -> ste(sid);
      case 5 -> new CommandEntry(random.nextInt(256), random.nextLong());
      case 6 -> new CommandEntry(0x5 | (long) sid << 32, 0);
      case 7 -> new CommandEntry(0x46, 0);
      default -> new CommandEntry(0x12 | random.nextLong() << 32, random.nextLong() << 12);
    };
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "2", "3"})
  void invalidating_everything_over_and_over_costs_what_changed(int table) {
    // given as many streams as are kept in mind, and STEs of this kind
    Hostile guest = new Hostile(9, Limits.STREAMS, DEVICES);
    List<CommandEntry> names = new ArrayList<>();
    for (int sid = 0; sid < Limits.STREAMS - DEVICES; sid++) {
      names.add(ste(sid));
    }
    guest.submit(names);
    guest.table = table;
    guest.submit(List.of(all()));
    long before = guest.events;

    // when
    for (int i = 0; i < 8; i++) {
      guest.submit(List.of(all(), all(), range(0, 9), range(512, 4)));
    }

    // then each doorbell is one event, and where devices translate one outcome
    assertThat(guest.events - before).isLessThanOrEqualTo(16);
    guest.isBounded("table " + table);
  }

  @Test
  void a_table_that_changes_as_a_whole_costs_few_events() {
    Hostile guest = new Hostile(9, Limits.STREAMS, 0);
    List<CommandEntry> names = new ArrayList<>();
    for (int sid = 0; sid < Limits.STREAMS; sid++) {
      names.add(ste(sid));
    }
    guest.submit(names);
    long before = guest.events;

    for (int i = 0; i < 8; i++) {
      guest.table = i % 4;
      guest.submit(List.of(all()));
    }

    assertThat(guest.events - before).isLessThanOrEqualTo(8 * (1 + Limits.RANGE_CHANGES));
  }

  @ParameterizedTest
  @ValueSource(strings = {"CR0", "GBPA"})
  void switching_a_register_costs_no_event_for_streams_without_a_device(String name) {
    Hostile guest = new Hostile(9, Limits.STREAMS, 0);
    List<CommandEntry> names = new ArrayList<>();
    for (int sid = 0; sid < Limits.STREAMS; sid++) {
      names.add(ste(sid));
    }
    guest.submit(names);
    guest.write(Register.CR0, 0xc);
    long before = guest.events;

    for (int i = 0; i < 10; i++) {
      if (name.equals("CR0")) {
        guest.write(Register.CR0, 0xc | i & 1);
      } else {
        guest.write(Register.GBPA, 0x8000_0000L | (long) (i & 1) << 20);
      }
    }

    assertThat(guest.events - before).isEqualTo(10);
  }
}
