package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.event.RegisterReadsObserved;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.RegisterWritten.Change;
import io.vsmmu.smmu.event.RegisterWritten.Verdict;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.RegisterRead;
import io.vsmmu.smmu.stimulus.SteReading;
import java.util.List;

/** Accesses to the register frame. */
final class RegisterCodec {

  private static final int WRITTEN_OFFSET = 1;
  private static final int WRITTEN_WIDTH = 2;
  private static final int WRITTEN_VALUE = 3;
  private static final int WRITTEN_READING = 4;
  private static final int WRITTEN_VERDICT = 5;
  private static final int WRITTEN_CHANGE = 6;

  private static final int CHANGE_REGISTER = 1;
  private static final int CHANGE_VALUE = 2;

  private static final int OBSERVED_READ = 1;
  private static final int OBSERVED_DIFFERING = 2;

  private static final int READ_OFFSET = 1;
  private static final int READ_WIDTH = 2;
  private static final int READ_VALUE = 3;

  private RegisterCodec() {}

  static void write(WireWriter out, RegisterWritten event) {
    out.uint32(WRITTEN_OFFSET, event.offset());
    out.uint32(WRITTEN_WIDTH, event.width());
    out.word(WRITTEN_VALUE, event.value());
    out.messages(WRITTEN_READING, event.readings(), StructureCodec::writeReading);
    out.constant(WRITTEN_VERDICT, EnumNumbers.VERDICT, event.verdict());
    out.messages(WRITTEN_CHANGE, event.changes(), RegisterCodec::writeChange);
  }

  static RegisterWritten readWritten(WireReader in) {
    int offset = 0;
    int width = 0;
    long value = 0;
    List<SteReading> readings = List.of();
    Verdict verdict = Verdict.TAKEN;
    List<Change> changes = List.of();
    while (in.next()) {
      switch (in.field()) {
        case WRITTEN_OFFSET -> offset = in.uint32();
        case WRITTEN_WIDTH -> width = in.uint32();
        case WRITTEN_VALUE -> value = in.word();
        case WRITTEN_READING ->
            readings = Elements.plus(readings, StructureCodec.readReading(in.message()));
        case WRITTEN_VERDICT -> verdict = in.constant(EnumNumbers.VERDICT);
        case WRITTEN_CHANGE -> changes = Elements.plus(changes, readChange(in.message()));
        default -> in.skip();
      }
    }
    return new RegisterWritten(offset, width, value, readings, verdict, changes);
  }

  static void write(WireWriter out, RegisterReadsObserved event) {
    out.messages(OBSERVED_READ, event.reads(), RegisterCodec::writeRead);
    out.uint32(OBSERVED_DIFFERING, event.differing());
  }

  static RegisterReadsObserved readObserved(WireReader in) {
    List<RegisterRead> reads = List.of();
    int differing = 0;
    while (in.next()) {
      switch (in.field()) {
        case OBSERVED_READ -> reads = Elements.plus(reads, readRead(in.message()));
        case OBSERVED_DIFFERING -> differing = in.uint32();
        default -> in.skip();
      }
    }
    return new RegisterReadsObserved(reads, differing);
  }

  private static void writeChange(WireWriter out, Change change) {
    out.uint32(CHANGE_REGISTER, change.register().offset());
    out.word(CHANGE_VALUE, change.value());
  }

  private static Change readChange(WireReader in) {
    Register register = Register.IDR0;
    long value = 0;
    while (in.next()) {
      switch (in.field()) {
        case CHANGE_REGISTER -> register = RegisterNumbers.read(in);
        case CHANGE_VALUE -> value = in.word();
        default -> in.skip();
      }
    }
    return new Change(register, value);
  }

  private static void writeRead(WireWriter out, RegisterRead read) {
    out.uint32(READ_OFFSET, read.offset());
    out.uint32(READ_WIDTH, read.width());
    out.word(READ_VALUE, read.value());
  }

  private static RegisterRead readRead(WireReader in) {
    int offset = 0;
    int width = 0;
    long value = 0;
    while (in.next()) {
      switch (in.field()) {
        case READ_OFFSET -> offset = in.uint32();
        case READ_WIDTH -> width = in.uint32();
        case READ_VALUE -> value = in.word();
        default -> in.skip();
      }
    }
    return new RegisterRead(offset, width, value);
  }
}
