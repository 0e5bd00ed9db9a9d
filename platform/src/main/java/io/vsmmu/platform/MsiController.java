package io.vsmmu.platform;

/** The interrupt controller to which the guest's devices write their MSIs. */
public sealed interface MsiController {

  /** The name that the REST interface and the command line use. */
  String kind();

  /** Guest-physical address of its register frame. */
  long base();

  /** Guest-physical address of the register to which MSIs are written. */
  long doorbell();

  /** Required alignment of the base in bytes. */
  long alignment();

  /** Length of its register frame in bytes. */
  long bytes();

  /** The Interrupt Translation Service of a GICv3. Source: Arm IHI 0069, 12.19. */
  record Its(long base) implements MsiController {

    private static final long GITS_TRANSLATER = 0x1_0040;

    @Override
    public String kind() {
      return "its";
    }

    @Override
    public long doorbell() {
      return base + GITS_TRANSLATER;
    }

    @Override
    public long alignment() {
      return 0x1_0000;
    }

    /** The control frame and the translation frame, 64 KiB each. */
    @Override
    public long bytes() {
      return 0x2_0000;
    }
  }

  /** The MSI frame of a GICv2m. Source: Arm Server Base System Architecture. */
  record Gicv2m(long base) implements MsiController {

    private static final long MSI_SETSPI_NS = 0x40;

    @Override
    public String kind() {
      return "gicv2m";
    }

    @Override
    public long doorbell() {
      return base + MSI_SETSPI_NS;
    }

    @Override
    public long alignment() {
      return 0x1000;
    }

    @Override
    public long bytes() {
      return 0x1000;
    }
  }
}
