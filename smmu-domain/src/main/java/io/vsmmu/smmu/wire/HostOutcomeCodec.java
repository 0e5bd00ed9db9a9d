package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.stimulus.HostOperation;
import java.util.List;

/**
 * The fields of {@link HostOutcomeReported}, written out by hand, since the log holds an event of
 * this type for every doorbell whose commands the host executes (docs/adr/0032).
 */
final class HostOutcomeCodec implements Codec<HostOutcomeReported> {

  private static final int DECISION = 1;
  private static final int OPERATION = 2;
  private static final int COMPLETES = 3;
  private static final int CONS = 4;
  private static final int BEGAN_MICROS = 5;

  @Override
  public void write(WireWriter out, HostOutcomeReported event) {
    out.signed(DECISION, event.decision());
    for (HostOperation operation : event.operations()) {
      out.message(OPERATION, SharedSchemas.HOST_OPERATION, operation);
    }
    out.bool(COMPLETES, event.completes());
    out.word(CONS, event.cons());
    out.word(BEGAN_MICROS, event.beganMicros());
  }

  @Override
  public HostOutcomeReported read(WireReader in) {
    long decision = 0;
    List<HostOperation> operations = List.of();
    boolean completes = false;
    long cons = 0;
    long beganMicros = 0;
    while (in.next()) {
      switch (in.field()) {
        case DECISION -> decision = in.signed();
        case OPERATION ->
            operations = Elements.plus(operations, SharedSchemas.HOST_OPERATION.read(in.message()));
        case COMPLETES -> completes = in.bool();
        case CONS -> cons = in.word();
        case BEGAN_MICROS -> beganMicros = in.word();
        default -> in.skip();
      }
    }
    return new HostOutcomeReported(decision, operations, completes, cons, beganMicros);
  }
}
