package io.vsmmu.debugger.step;

import io.vsmmu.smmu.wire.EventKind;
import java.util.Set;

/** What a step leads to. */
public enum StepUnit {
  /** Any event. */
  EVENT(Set.of()),
  /** A write of a register by the guest; a slice that continues a doorbell is none. */
  ACCESS(Set.of(EventKind.REGISTER_WRITTEN, EventKind.COMMANDS_CONSUMED)),
  /** A command that took effect, one by one within its slice. */
  COMMAND(Set.of(EventKind.COMMANDS_CONSUMED)),
  /** A configuration of a stream, or the attachment or detachment of a device. */
  STREAM_CHANGE(
      Set.of(EventKind.STREAM_CONFIGURED, EventKind.DEVICE_ATTACHED, EventKind.DEVICE_DETACHED)),
  /** Event records or page requests that the host reported, or whose loss it reported. */
  FAULT(Set.of(EventKind.FAULTS_REPORTED, EventKind.PAGE_REQUESTS_REPORTED)),
  /** A write of CMDQ_PROD. */
  DOORBELL(Set.of(EventKind.COMMANDS_CONSUMED));

  private final Set<EventKind> types;

  StepUnit(Set<EventKind> types) {
    this.types = types;
  }

  /** The types of the events that can be one; empty for every type. */
  Set<EventKind> types() {
    return types;
  }
}
