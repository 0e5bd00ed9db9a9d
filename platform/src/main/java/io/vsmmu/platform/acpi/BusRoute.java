package io.vsmmu.platform.acpi;

/**
 * Where requests of the functions on some buses go.
 *
 * @param firstBus 0 to 255
 * @param lastBus not below the first, at most 255
 * @param target the next on the way
 * @param outputBase ID of function 0 of device 0 of the first bus there, unsigned 32 bits
 */
public record BusRoute(int firstBus, int lastBus, Target target, long outputBase) {

  private static final int FUNCTIONS_OF_BUS = 256;

  /** Who takes the requests. */
  public sealed interface Target {

    /** An SMMU; the output is a StreamID. */
    record Smmu(String name) implements Target {}

    /** An ITS group, untranslated; the output is a DeviceID. */
    record Its(int group) implements Target {}
  }

  /** StreamID = requester ID = bus &lt;&lt; 8 | devfn. */
  public static BusRoute toSmmu(int firstBus, int lastBus, String name) {
    return new BusRoute(firstBus, lastBus, new Target.Smmu(name), (long) firstBus << 8);
  }

  /** DeviceID = requester ID, past all SMMUs. */
  public static BusRoute toIts(int firstBus, int lastBus, int group) {
    return new BusRoute(firstBus, lastBus, new Target.Its(group), (long) firstBus << 8);
  }

  /** The requester IDs. */
  StreamRange input() {
    return new StreamRange((long) firstBus << 8, count());
  }

  /** The IDs at the target. */
  StreamRange output() {
    return new StreamRange(outputBase, count());
  }

  private long count() {
    return (lastBus - firstBus + 1L) * FUNCTIONS_OF_BUS;
  }
}
