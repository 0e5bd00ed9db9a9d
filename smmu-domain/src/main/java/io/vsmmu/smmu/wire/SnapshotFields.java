package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.model.CommandCounts;
import io.vsmmu.smmu.model.Observations;
import io.vsmmu.smmu.model.RegisterFile;
import io.vsmmu.smmu.model.Vmm;
import io.vsmmu.smmu.spec.Register;
import java.util.Map;

/** The fields of a snapshot, and those of its parts that occur once. */
final class SnapshotFields {

  static final int LIFECYCLE = 1;
  static final int EVENTS = 2;
  static final int STIMULUS = 3;
  static final int ORIGIN = 4;
  static final int DURABILITY = 5;
  static final int PROPERTIES = 6;
  static final int IDS = 7;
  static final int GUEST_STARTED = 8;
  static final int REGISTER = 9;
  static final int FETCHED = 10;
  static final int AWAITING = 11;
  static final int STREAM = 12;
  static final int DEVICE = 13;
  static final int HOST_HANDLES = 14;
  static final int NEXT_HANDLE = 15;
  static final int OBJECT = 16;
  static final int COMMANDS = 17;
  static final int OBSERVATIONS = 18;
  static final int HEALTH = 19;
  static final int HEALTH_REASON = 20;
  static final int HEALTH_FAILURES = 21;
  static final int PHYSICAL_SMMU = 22;
  static final int VMM = 23;
  static final int MEMORY = 24;
  static final int VM = 25;

  private static final int REGISTER_OFFSET = 1;
  private static final int REGISTER_VALUE = 2;

  private static final int OBSERVATIONS_READS = 1;
  private static final int OBSERVATIONS_DIFFERING_READS = 2;
  private static final int OBSERVATIONS_HOST_CALLS = 3;
  private static final int OBSERVATIONS_HOST_INVALIDATIONS = 4;
  private static final int OBSERVATIONS_KEPT_LINES = 5;

  private static final int VMM_CONNECTED = 1;
  private static final int VMM_PID = 2;
  private static final int VMM_UID = 3;
  private static final int VMM_CONNECTIONS = 4;
  private static final int VMM_REBOOTS = 5;

  private static final int COUNT_NAME = 1;
  private static final int COUNT_COUNT = 2;

  private SnapshotFields() {}

  static void writeRegister(WireWriter out, Register register, long value) {
    int start = out.begin(REGISTER);
    out.uint32(REGISTER_OFFSET, register.offset());
    out.word(REGISTER_VALUE, value);
    out.end(start);
  }

  static RegisterFile readRegister(WireReader in, RegisterFile file) {
    Register register = Register.IDR0;
    long value = 0;
    while (in.next()) {
      switch (in.field()) {
        case REGISTER_OFFSET -> register = RegisterNumbers.read(in);
        case REGISTER_VALUE -> value = in.word();
        default -> in.skip();
      }
    }
    return file.with(register, value);
  }

  /** A message for each name that was counted. */
  static void writeCounts(WireWriter out, CommandCounts counts) {
    counts
        .byName()
        .forEach(
            (name, count) -> {
              int start = out.begin(COMMANDS);
              out.string(COUNT_NAME, name);
              out.word(COUNT_COUNT, count);
              out.end(start);
            });
  }

  static void readCount(WireReader in, Map<String, Long> counts) {
    String name = "";
    long count = 0;
    while (in.next()) {
      switch (in.field()) {
        case COUNT_NAME -> name = in.string();
        case COUNT_COUNT -> count = in.word();
        default -> in.skip();
      }
    }
    counts.put(name, count);
  }

  static void writeObservations(WireWriter out, Observations observations) {
    out.word(OBSERVATIONS_READS, observations.reads());
    out.word(OBSERVATIONS_DIFFERING_READS, observations.differingReads());
    out.word(OBSERVATIONS_HOST_CALLS, observations.hostCalls());
    out.word(OBSERVATIONS_HOST_INVALIDATIONS, observations.hostInvalidations());
    out.word(OBSERVATIONS_KEPT_LINES, observations.keptLines());
  }

  static Observations readObservations(WireReader in) {
    long reads = 0;
    long differingReads = 0;
    long hostCalls = 0;
    long hostInvalidations = 0;
    long keptLines = 0;
    while (in.next()) {
      switch (in.field()) {
        case OBSERVATIONS_READS -> reads = in.word();
        case OBSERVATIONS_DIFFERING_READS -> differingReads = in.word();
        case OBSERVATIONS_HOST_CALLS -> hostCalls = in.word();
        case OBSERVATIONS_HOST_INVALIDATIONS -> hostInvalidations = in.word();
        case OBSERVATIONS_KEPT_LINES -> keptLines = in.word();
        default -> in.skip();
      }
    }
    return new Observations(reads, differingReads, hostCalls, hostInvalidations, keptLines);
  }

  static void writeVmm(WireWriter out, Vmm vmm) {
    out.bool(VMM_CONNECTED, vmm.connected());
    out.word(VMM_PID, vmm.pid());
    out.word(VMM_UID, vmm.uid());
    out.word(VMM_CONNECTIONS, vmm.connections());
    out.word(VMM_REBOOTS, vmm.reboots());
  }

  static Vmm readVmm(WireReader in) {
    boolean connected = false;
    long pid = 0;
    long uid = 0;
    long reboots = 0;
    long connections = 0;
    while (in.next()) {
      switch (in.field()) {
        case VMM_CONNECTED -> connected = in.bool();
        case VMM_PID -> pid = in.word();
        case VMM_UID -> uid = in.word();
        case VMM_CONNECTIONS -> connections = in.word();
        case VMM_REBOOTS -> reboots = in.word();
        default -> in.skip();
      }
    }
    return new Vmm(connected, pid, uid, connections, reboots);
  }
}
