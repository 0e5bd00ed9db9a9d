package io.vsmmu.debugger.cause;

import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.Register;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * A part of the state by its name in {@code GET .../state}, with the components of {@link
 * VsmmuState} that it is shown from. An event that leaves these components as they are, the very
 * same objects, cannot change a value in the part, so that it need not be evaluated.
 */
@SuppressWarnings("ReferenceEquality") // The components are immutable and compared by identity.
enum StatePart {
  LIFECYCLE("lifecycle", (a, b) -> a.lifecycle() == b.lifecycle()),
  ORIGIN("origin", (a, b) -> a.origin() == b.origin()),
  DURABILITY("durability", (a, b) -> a.durability() == b.durability()),
  BOOTS("boots", (a, b) -> a.guestStarted() == b.guestStarted() && a.vmm() == b.vmm()),
  PROPERTIES("properties", (a, b) -> a.properties() == b.properties()),
  REGISTERS("registers", StatePart::sameRegisters),
  COMMAND_QUEUE(
      "commandQueue", (a, b) -> a.commandQueue() == b.commandQueue() && sameRegisters(a, b)),
  EVENT_QUEUE("eventQueue", StatePart::sameRegisters),
  VMM("vmm", (a, b) -> a.vmm() == b.vmm()),
  MEMORY("memory", (a, b) -> a.memory() == b.memory()),
  STREAMS("streams", StatePart::sameStreams),
  HWPTS("hwpts", (a, b) -> a.objects() == b.objects()),
  OBJECTS("objects", (a, b) -> a.objects() == b.objects()),
  DEVICES("devices", (a, b) -> a.devices() == b.devices()),
  BLIND("blind", (a, b) -> a.objects() == b.objects()),
  COMMANDS("commands", (a, b) -> a.commands() == b.commands()),
  RECORDING("recording", (a, b) -> a.observations() == b.observations()),
  HEALTH("health", (a, b) -> a.health() == b.health());

  private final String name;
  private final BiPredicate<VsmmuState, VsmmuState> same;

  StatePart(String name, BiPredicate<VsmmuState, VsmmuState> same) {
    this.name = name;
    this.same = same;
  }

  private static boolean sameRegisters(VsmmuState a, VsmmuState b) {
    return a.registers() == b.registers() && a.ids() == b.ids() && a.origin() == b.origin();
  }

  /** The fault of a stream follows CR0.SMMUEN and the size of the Stream table too. */
  private static boolean sameStreams(VsmmuState a, VsmmuState b) {
    return a.streams() == b.streams()
        && a.devices() == b.devices()
        && a.ids() == b.ids()
        && a.enabled() == b.enabled()
        && a.value(Register.STRTAB_BASE_CFG) == b.value(Register.STRTAB_BASE_CFG);
  }

  /** The part that a path such as {@code streams["0x900"].hwpt} leads into, if it is known. */
  static Optional<StatePart> of(String path) {
    int end = 0;
    while (end < path.length() && Character.isLetter(path.charAt(end))) {
      end++;
    }
    String first = path.substring(0, end);
    return Arrays.stream(values()).filter(part -> part.name.equals(first)).findFirst();
  }

  /** Whether an event between the two states certainly changed nothing in the part. */
  boolean same(VsmmuState before, VsmmuState after) {
    return same.test(before, after);
  }
}
