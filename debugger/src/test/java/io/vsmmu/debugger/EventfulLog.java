package io.vsmmu.debugger;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.projections.LogScript;
import io.vsmmu.projections.model.Projection;
import io.vsmmu.projections.model.Projector;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.EventFields;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * A random log of a live vSMMU whose devices come and go, and whose guest resets it, enables and
 * disables it, configures streams with and without a device, and meets faults.
 */
public final class EventfulLog {

  /** Two of them have a device at times. */
  public static final int[] SIDS = {0x900, 0x901, 5};

  private static final int QUIET = 40;

  private final LogScript script;
  private final Random random;

  public EventfulLog(EventDatabase database, Random random) {
    this.script = LogScript.started(database).attach(SIDS[0], address(0)).enable().buffered();
    this.random = random;
  }

  public int vsmmu() {
    return script.vsmmu();
  }

  /** Appends the events of random stimuli. */
  public EventfulLog grow(int stimuli) {
    for (int i = 0; i < stimuli; i++) {
      Stimulus next = stimulus();
      if (Vsmmu.decide(script.state(), next) instanceof Decision.Accepted) {
        script.act(next);
      }
      if (script.state().commandQueueStopped()) {
        script.acknowledge();
      }
      if (!script.state().commandQueueEnabled() && random.nextInt(4) == 0) {
        script.queues();
      }
    }
    script.flush();
    return this;
  }

  private static String address(int index) {
    return "0000:0%d:00.0".formatted(index + 1);
  }

  private Stimulus stimulus() {
    int index = random.nextInt(SIDS.length);
    int sid = SIDS[index];
    return switch (random.nextInt(QUIET)) {
      case 0 -> attach(index % 2);
      case 1 -> new Stimulus.DetachDevice(SIDS[index % 2], Optional.empty());
      case 2 -> write(Register.CR0, random.nextBoolean() ? 0xd : 0xc);
      case 3 -> write(Register.GBPA, (1L << 31) | (random.nextBoolean() ? 1L << 20 : 0));
      case 4, 5, 6, 7 ->
          slice(
              List.of(SteFetch.read(sid, ste())),
              new ConfigInvalidation.Ste(sid, false, true),
              LogScript.sync());
      case 8 ->
          slice(
              List.of(SteFetch.read(sid, ste())),
              new ConfigInvalidation.SteRange(0, false, ConfigInvalidation.RANGE_ALL),
              LogScript.sync());
      case 9 -> faults(sid);
      case 10 ->
          random.nextInt(8) == 0 ? new Stimulus.Reset(Stimulus.ResetSource.VMM) : outcome(16);
      case 11 -> random.nextBoolean() ? new Stimulus.Pause() : new Stimulus.Resume();
      case 12 -> new Stimulus.AllocateHardwareQueue(0, 0x9000_0000L, 0x10000);
      case 13 -> new Stimulus.FreeHardwareQueue(0);
      case 14, 15, 16, 17, 18, 19, 20 -> outcome(0);
      default ->
          slice(
              List.of(),
              LogScript.tlbi(random.nextInt(4), 0x1000L * random.nextInt(64)),
              LogScript.sync());
    };
  }

  private Stimulus attach(int index) {
    return new Stimulus.AttachDevice(
        SIDS[index],
        new HostDevice(address(index), "smmu3.0", SIDS[index], LogScript.IDS, false),
        OnOffAuto.AUTO,
        LogScript.IDS,
        random.nextBoolean() ? SteFetch.read(SIDS[index], ste()) : SteFetch.unknown(SIDS[index]));
  }

  private StreamTableEntry ste() {
    return random.nextBoolean() ? LogScript.BYPASS_STE : LogScript.TRANSLATE_STE;
  }

  private static Stimulus write(Register register, long value) {
    return new Stimulus.WriteRegister(
        register.offset(), register.widthBits() / Byte.SIZE, value, List.of());
  }

  private Stimulus slice(List<SteFetch> fetches, SmmuCommand... commands) {
    return script.slice(fetches, commands);
  }

  private Stimulus faults(int sid) {
    return new Stimulus.ReportFaults(
        List.of(
            EventRecord.of(EventType.F_TRANSLATION, sid)
                .withAddress(EventFields.INPUT_ADDR, 0x1000L * random.nextInt(64) + 8)),
        random.nextInt(6) / 5);
  }

  private Stimulus outcome(int errno) {
    List<HostOperation> operations =
        random.nextBoolean()
            ? List.of()
            : List.of(LogScript.operation(HostOperation.Kind.ATTACH, 0, SIDS[0], 0, errno));
    return new Stimulus.ReportHostOutcome(script.state().stimulus(), operations);
  }

  /** All events of a vSMMU, in order. */
  public static List<LogEvent> events(EventDatabase database, int vsmmu) {
    List<LogEvent> events = new ArrayList<>();
    database.log().read(vsmmu, 0, Long.MAX_VALUE, event -> events.add(new LogEvent(event)));
    return events;
  }

  /** Brings the read models and a further projection up to date, with nothing in memory. */
  public static void project(EventDatabase database, Projection... others) {
    new Projector(
            database.pool(),
            database.log(),
            database.snapshots(),
            new TimeTravel(database.log(), database.snapshots()),
            others)
        .catchUp();
  }
}
