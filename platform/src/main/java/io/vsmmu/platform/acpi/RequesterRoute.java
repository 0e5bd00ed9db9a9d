package io.vsmmu.platform.acpi;

/**
 * Routes the requests of PCI functions to an SMMU or to an ITS.
 *
 * @param requesters their requester IDs, bus &lt;&lt; 8 | device &lt;&lt; 3 | function: 0 to 0xffff
 * @param target the SMMU or ITS group
 * @param outputBase the ID of the first function at the target, unsigned 32 bits; the others have
 *     the IDs that follow
 */
public record RequesterRoute(IdRange requesters, Target target, long outputBase) {

  /** All requester IDs of a PCI segment. */
  public static final IdRange ALL = new IdRange(0, 1 << 16);

  private static final int BUS_SHIFT = 8;
  private static final long FUNCTIONS_OF_BUS = 1 << BUS_SHIFT;

  /** The receiver of the requests. */
  public sealed interface Target {

    /** An SMMU; the output ID is a StreamID. */
    record Smmu(String name) implements Target {}

    /** An ITS group, without translation; the output ID is a DeviceID. */
    record Its(int group) implements Target {}
  }

  /** A route to an SMMU on which the StreamID is the requester ID. */
  public static RequesterRoute toSmmu(IdRange requesters, String name) {
    return new RequesterRoute(requesters, new Target.Smmu(name), requesters.first());
  }

  /** A route to an ITS without an SMMU, on which the DeviceID is the requester ID. */
  public static RequesterRoute toIts(IdRange requesters, int group) {
    return new RequesterRoute(requesters, new Target.Its(group), requesters.first());
  }

  /** The requester IDs of all functions on the buses {@code first} to {@code last}. */
  public static IdRange buses(int first, int last) {
    return new IdRange((long) first << BUS_SHIFT, ((long) last - first + 1) * FUNCTIONS_OF_BUS);
  }

  /** The IDs of the functions at the target. */
  IdRange output() {
    return new IdRange(outputBase, requesters.count());
  }
}
