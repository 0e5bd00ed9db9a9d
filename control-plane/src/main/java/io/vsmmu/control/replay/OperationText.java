package io.vsmmu.control.replay;

import io.vsmmu.posix.Errno;
import io.vsmmu.smmu.stimulus.HostOperation;
import java.util.List;

/** A host operation in one line: result, kind, handles, StreamID, entries. */
final class OperationText {

  private OperationText() {}

  static String of(List<HostOperation> operations) {
    return operations.isEmpty()
        ? "no operation"
        : String.join("; ", operations.stream().map(OperationText::of).toList());
  }

  /** For example {@code EBUSY: ATTACH of handle 7 to handle 4, StreamID 0x900}. */
  static String of(HostOperation it) {
    StringBuilder text = new StringBuilder();
    text.append(it.succeeded() ? "done" : error(it.errno())).append(": ").append(it.kind());
    if (it.handle() != 0) {
      text.append(" of handle ").append(it.handle());
    }
    if (it.target() != 0) {
      text.append(" to handle ").append(it.target());
    }
    if (it.streamId() >= 0) {
      text.append(", StreamID 0x").append(Integer.toHexString(it.streamId()));
    }
    if (it.entries() > 0) {
      text.append(", %d entries from %d".formatted(it.entries(), it.firstEntry()));
    }
    if (it.failedEntry() >= 0) {
      text.append(", failing at ").append(it.failedEntry());
    }
    return text.toString();
  }

  private static String error(int errno) {
    Errno known = Errno.of(errno);
    return known == Errno.UNKNOWN ? "errno " + errno : known.name();
  }
}
