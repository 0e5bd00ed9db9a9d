package io.vsmmu.control.vm;

import io.vsmmu.platform.PlatformLimits;
import io.vsmmu.platform.acpi.AcpiLimits;

/** Limits of a virtual machine; what is beyond one is refused when it is created or changed. */
public final class VmLimits {

  public static final int VSMMUS = PlatformLimits.VSMMUS;

  /**
   * vSMMUs that the VMs of one page have together; the state of each is looked up. The page ends
   * with the VM that reaches it.
   */
  public static final int MEMBERS_OF_A_PAGE = 64;

  public static final int BRIDGES = AcpiLimits.BRIDGES;

  /** Characters of the ACPI name of a host bridge. */
  public static final int BRIDGE_CHARS = 128;

  /** vSMMUs whose VM is cached; that of the others is read again. */
  static final int REMEMBERED_MEMBERSHIPS = 10_000;

  /** VMs whose tables are kept while the guest runs; those of the others are made again. */
  public static final int KEPT_TABLES = 1_000;

  /** vSMMUs that are read from the registry at once. */
  static final int REGISTRY_PAGE = 256;

  /** Locks for changes of VMs: two VMs that share one wait for each other. */
  static final int LOCKS = 64;

  private VmLimits() {}
}
