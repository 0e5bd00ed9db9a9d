package io.vsmmu.platform.acpi;

import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.Refusals;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Builds an SSDT that gives PCI host bridges a _DSM function 5, "preserve PCI boot configuration",
 * that returns 0: the operating system must keep the bus numbers that the firmware assigned, and
 * with them the StreamIDs in RMR nodes. Source: PCI Firmware Specification 3.3, 4.6.5; ACPI 6.5,
 * 9.1.1.
 *
 * <p>An SSDT cannot add a second _DSM to a host bridge that has one, as those of QEMU's virt
 * machine do; there the DSDT has to be replaced. QEMU's own DSDT has function 5 with accel=on.
 */
public final class PreserveBootConfiguration {

  private static final UUID PCI_DSM = UUID.fromString("E5C937D0-3553-4D7A-9117-EA4D19C3434D");
  private static final int FUNCTION = 5;

  /** The result of function 0, a bitmap of the functions: function 0 and function 5 exist. */
  private static final byte[] FUNCTIONS = {1 | 1 << FUNCTION};

  private static final byte[] NO_FUNCTIONS = {0};
  private static final int SSDT_REVISION = 2;
  private static final int DSM_ARGUMENTS = 4;

  private PreserveBootConfiguration() {}

  /**
   * Builds the table.
   *
   * @param bridges absolute ACPI names of the host bridges, such as {@code \_SB.PCI0}; each once
   */
  public static BuildResult<AcpiTable> build(AcpiIdentity identity, List<String> bridges) {
    Refusals refusals = new Refusals();
    identity.check(refusals);
    refusals.inRange(
        "bridges.size", bridges.size(), 1, AcpiLimits.BRIDGES, "name the PCI host bridges");
    List<AcpiPath> paths = paths(bridges, refusals);
    return refusals.orBuild(() -> table(identity, paths));
  }

  private static List<AcpiPath> paths(List<String> bridges, Refusals refusals) {
    List<String> checked = bridges.size() > AcpiLimits.BRIDGES ? List.of() : bridges;
    checked.forEach(
        text ->
            refusals.unless(
                AcpiPath.parse(text).isPresent(),
                "bridges",
                "'" + text + "'",
                "an absolute ACPI name of at most " + AcpiLimits.PATH_SEGMENTS + " segments",
                "write it as \\_SB.PCI0"));
    List<AcpiPath> paths =
        checked.stream().map(AcpiPath::parse).flatMap(Optional::stream).sorted().toList();
    for (int i = 1; i < paths.size(); i++) {
      String name = "\\" + String.join(".", paths.get(i).segments());
      refusals.unless(
          !paths.get(i).equals(paths.get(i - 1)),
          "bridges",
          "'" + name + "' twice",
          "each host bridge once",
          "leave the second one out");
    }
    return paths;
  }

  private static AcpiTable table(AcpiIdentity identity, List<AcpiPath> paths) {
    byte[] externals = Aml.join(paths.stream().map(Aml::external).toArray(byte[][]::new));
    byte[] method = Aml.method("_DSM", DSM_ARGUMENTS, terms());
    byte[] scopes =
        Aml.join(paths.stream().map(path -> Aml.scope(path, method)).toArray(byte[][]::new));
    byte[] body = Aml.join(Aml.when(Aml.integer(Aml.ZERO), externals), scopes);
    return AcpiTable.of("SSDT", SSDT_REVISION, identity, body);
  }

  private static byte[] terms() {
    byte[] zero = Aml.integer(Aml.ZERO);
    byte[] query = Aml.when(Aml.equal(Aml.ARG2, zero), Aml.returning(Aml.buffer(FUNCTIONS)));
    byte[] preserve = Aml.when(Aml.equal(Aml.ARG2, Aml.integer(FUNCTION)), Aml.returning(zero));
    byte[] forPciBridges = Aml.when(Aml.equal(Aml.ARG0, Aml.buffer(uuid())), query, preserve);
    return Aml.join(forPciBridges, Aml.returning(Aml.buffer(NO_FUNCTIONS)));
  }

  /** The UUID in the byte order of ToUUID: its first three fields little-endian. */
  private static byte[] uuid() {
    long high = PCI_DSM.getMostSignificantBits();
    AcpiBytes out = new AcpiBytes().u32(high >>> 32).u16((int) (high >>> 16)).u16((int) high);
    for (int shift = 56; shift >= 0; shift -= 8) {
      out.u8((int) (PCI_DSM.getLeastSignificantBits() >>> shift));
    }
    return out.toBytes();
  }
}
