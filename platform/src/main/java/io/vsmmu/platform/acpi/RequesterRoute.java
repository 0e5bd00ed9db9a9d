package io.vsmmu.platform.acpi;

/**
 * Where requests of PCI functions go.
 *
 * @param requesters their requester IDs, bus &lt;&lt; 8 | device &lt;&lt; 3 | function: 0 to 0xffff
 * @param target the next on the way
 * @param outputBase the ID of the first of them at the target, unsigned 32 bits; the others follow
 */
public record RequesterRoute(StreamRange requesters, Target target, long outputBase) {

  /** Requester IDs of a PCI segment. */
  public static final StreamRange ALL = new StreamRange(0, 1 << 16);

  private static final int BUS_SHIFT = 8;
  private static final long FUNCTIONS_OF_BUS = 1 << BUS_SHIFT;

  /** Who takes the requests. */
  public sealed interface Target {

    /** An SMMU; the output is a StreamID. */
    record Smmu(String name) implements Target {}

    /** An ITS group, untranslated; the output is a DeviceID. */
    record Its(int group) implements Target {}
  }

  /** StreamID = requester ID. */
  public static RequesterRoute toSmmu(StreamRange requesters, String name) {
    return new RequesterRoute(requesters, new Target.Smmu(name), requesters.first());
  }

  /** DeviceID = requester ID, behind no SMMU. */
  public static RequesterRoute toIts(StreamRange requesters, int group) {
    return new RequesterRoute(requesters, new Target.Its(group), requesters.first());
  }

  /** The requester IDs of all functions on some buses, both ends included. */
  public static StreamRange buses(int first, int last) {
    return new StreamRange((long) first << BUS_SHIFT, ((long) last - first + 1) * FUNCTIONS_OF_BUS);
  }

  /** The IDs at the target. */
  StreamRange output() {
    return new StreamRange(outputBase, requesters.count());
  }
}
