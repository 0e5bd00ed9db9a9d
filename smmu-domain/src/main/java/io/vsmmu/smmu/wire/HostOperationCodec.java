package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.stimulus.HostOperation;

/**
 * The fields of a {@link HostOperation}, written out by hand, since nearly every event that {@link
 * HostOutcomeCodec} writes has one.
 */
final class HostOperationCodec implements Codec<HostOperation> {

  private static final int KIND = 1;
  private static final int HANDLE = 2;
  private static final int TARGET = 3;
  private static final int STREAM_ID = 4;
  private static final int FIRST_ENTRY = 5;
  private static final int ENTRIES = 6;
  private static final int KERNEL_ID = 7;
  private static final int ERRNO = 8;
  private static final int FAILED_ENTRY = 9;
  private static final int BEGAN_NANOS = 10;
  private static final int TOOK_NANOS = 11;

  @Override
  public void write(WireWriter out, HostOperation operation) {
    out.constant(KIND, EnumNumbers.OPERATION_KIND, operation.kind());
    out.word(HANDLE, operation.handle());
    out.word(TARGET, operation.target());
    out.signed(STREAM_ID, operation.streamId());
    out.signed(FIRST_ENTRY, operation.firstEntry());
    out.uint32(ENTRIES, operation.entries());
    out.uint32(KERNEL_ID, operation.kernelId());
    out.signed(ERRNO, operation.errno());
    out.signed(FAILED_ENTRY, operation.failedEntry());
    out.word(BEGAN_NANOS, operation.beganNanos());
    out.word(TOOK_NANOS, operation.tookNanos());
  }

  @Override
  public HostOperation read(WireReader in) {
    HostOperation.Kind kind = HostOperation.Kind.INVALIDATE;
    long handle = 0;
    long target = 0;
    int streamId = 0;
    int firstEntry = 0;
    int entries = 0;
    int kernelId = 0;
    int errno = 0;
    int failedEntry = 0;
    long beganNanos = 0;
    long tookNanos = 0;
    while (in.next()) {
      switch (in.field()) {
        case KIND -> kind = in.constant(EnumNumbers.OPERATION_KIND);
        case HANDLE -> handle = in.word();
        case TARGET -> target = in.word();
        case STREAM_ID -> streamId = in.signed32();
        case FIRST_ENTRY -> firstEntry = in.signed32();
        case ENTRIES -> entries = in.uint32();
        case KERNEL_ID -> kernelId = in.uint32();
        case ERRNO -> errno = in.signed32();
        case FAILED_ENTRY -> failedEntry = in.signed32();
        case BEGAN_NANOS -> beganNanos = in.word();
        case TOOK_NANOS -> tookNanos = in.word();
        default -> in.skip();
      }
    }
    return new HostOperation(
        kind,
        handle,
        target,
        streamId,
        firstEntry,
        entries,
        kernelId,
        errno,
        failedEntry,
        beganNanos,
        tookNanos);
  }
}
