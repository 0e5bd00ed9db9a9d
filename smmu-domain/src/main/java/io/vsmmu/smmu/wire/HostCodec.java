package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.event.HostCallsObserved;
import io.vsmmu.smmu.event.HostFailed;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import java.util.List;

/** What the host did. */
final class HostCodec {

  private static final int OUTCOME_DECISION = 1;
  private static final int OUTCOME_OPERATION = 2;
  private static final int OUTCOME_COMPLETES = 3;
  private static final int OUTCOME_CONS = 4;

  private static final int FAILED_OPERATION = 1;
  private static final int FAILED_CLOSED = 2;

  private static final int OBSERVED_CALL = 1;

  private static final int OPERATION_KIND = 1;
  private static final int OPERATION_HANDLE = 2;
  private static final int OPERATION_TARGET = 3;
  private static final int OPERATION_STREAM_ID = 4;
  private static final int OPERATION_FIRST_ENTRY = 5;
  private static final int OPERATION_ENTRIES = 6;
  private static final int OPERATION_KERNEL_ID = 7;
  private static final int OPERATION_ERRNO = 8;
  private static final int OPERATION_FAILED_ENTRY = 9;

  private static final int CALL_NAME = 1;
  private static final int CALL_ARGUMENTS = 2;
  private static final int CALL_ENTRIES = 3;
  private static final int CALL_RESULT = 4;
  private static final int CALL_LINE = 5;

  /** What an absent operation reads as. */
  private static final HostOperation NO_OPERATION =
      new HostOperation(HostOperation.Kind.INVALIDATE, 0, 0, 0, 0, 0, 0, 0, 0);

  private HostCodec() {}

  static void write(WireWriter out, HostOutcomeReported event) {
    out.signed(OUTCOME_DECISION, event.decision());
    out.messages(OUTCOME_OPERATION, event.operations(), HostCodec::writeOperation);
    out.bool(OUTCOME_COMPLETES, event.completes());
    out.word(OUTCOME_CONS, event.cons());
  }

  static HostOutcomeReported readOutcome(WireReader in) {
    long decision = 0;
    List<HostOperation> operations = List.of();
    boolean completes = false;
    long cons = 0;
    while (in.next()) {
      switch (in.field()) {
        case OUTCOME_DECISION -> decision = in.signed();
        case OUTCOME_OPERATION ->
            operations = Elements.plus(operations, readOperation(in.message()));
        case OUTCOME_COMPLETES -> completes = in.bool();
        case OUTCOME_CONS -> cons = in.word();
        default -> in.skip();
      }
    }
    return new HostOutcomeReported(decision, operations, completes, cons);
  }

  static void write(WireWriter out, HostFailed event) {
    out.message(FAILED_OPERATION, event.operation(), HostCodec::writeOperation);
    out.bool(FAILED_CLOSED, event.closed());
  }

  static HostFailed readFailed(WireReader in) {
    HostOperation operation = NO_OPERATION;
    boolean closed = false;
    while (in.next()) {
      switch (in.field()) {
        case FAILED_OPERATION -> operation = readOperation(in.message());
        case FAILED_CLOSED -> closed = in.bool();
        default -> in.skip();
      }
    }
    return new HostFailed(operation, closed);
  }

  static void write(WireWriter out, HostCallsObserved event) {
    out.messages(OBSERVED_CALL, event.calls(), HostCodec::writeCall);
  }

  static HostCallsObserved readObserved(WireReader in) {
    List<RecordedHostCall> calls = List.of();
    while (in.next()) {
      switch (in.field()) {
        case OBSERVED_CALL -> calls = Elements.plus(calls, readCall(in.message()));
        default -> in.skip();
      }
    }
    return new HostCallsObserved(calls);
  }

  private static void writeOperation(WireWriter out, HostOperation operation) {
    out.constant(OPERATION_KIND, EnumNumbers.OPERATION_KIND, operation.kind());
    out.word(OPERATION_HANDLE, operation.handle());
    out.word(OPERATION_TARGET, operation.target());
    out.signed(OPERATION_STREAM_ID, operation.streamId());
    out.signed(OPERATION_FIRST_ENTRY, operation.firstEntry());
    out.uint32(OPERATION_ENTRIES, operation.entries());
    out.uint32(OPERATION_KERNEL_ID, operation.kernelId());
    out.signed(OPERATION_ERRNO, operation.errno());
    out.signed(OPERATION_FAILED_ENTRY, operation.failedEntry());
  }

  private static HostOperation readOperation(WireReader in) {
    HostOperation.Kind kind = HostOperation.Kind.INVALIDATE;
    long handle = 0;
    long target = 0;
    int streamId = 0;
    int firstEntry = 0;
    int entries = 0;
    int kernelId = 0;
    int errno = 0;
    int failedEntry = 0;
    while (in.next()) {
      switch (in.field()) {
        case OPERATION_KIND -> kind = in.constant(EnumNumbers.OPERATION_KIND);
        case OPERATION_HANDLE -> handle = in.word();
        case OPERATION_TARGET -> target = in.word();
        case OPERATION_STREAM_ID -> streamId = in.signed32();
        case OPERATION_FIRST_ENTRY -> firstEntry = in.signed32();
        case OPERATION_ENTRIES -> entries = in.uint32();
        case OPERATION_KERNEL_ID -> kernelId = in.uint32();
        case OPERATION_ERRNO -> errno = in.signed32();
        case OPERATION_FAILED_ENTRY -> failedEntry = in.signed32();
        default -> in.skip();
      }
    }
    return new HostOperation(
        kind, handle, target, streamId, firstEntry, entries, kernelId, errno, failedEntry);
  }

  private static void writeCall(WireWriter out, RecordedHostCall call) {
    out.string(CALL_NAME, call.name());
    out.string(CALL_ARGUMENTS, call.arguments());
    out.uint32(CALL_ENTRIES, call.entries());
    out.signed(CALL_RESULT, call.result());
    out.word(CALL_LINE, call.line());
  }

  private static RecordedHostCall readCall(WireReader in) {
    String name = "";
    String arguments = "";
    int entries = 0;
    int result = 0;
    long line = 0;
    while (in.next()) {
      switch (in.field()) {
        case CALL_NAME -> name = in.string();
        case CALL_ARGUMENTS -> arguments = in.string();
        case CALL_ENTRIES -> entries = in.uint32();
        case CALL_RESULT -> result = in.signed32();
        case CALL_LINE -> line = in.word();
        default -> in.skip();
      }
    }
    return new RecordedHostCall(name, arguments, entries, result, line);
  }
}
