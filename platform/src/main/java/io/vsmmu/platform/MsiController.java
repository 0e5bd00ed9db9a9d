package io.vsmmu.platform;

/** Where the guest's devices write their MSIs to. */
public sealed interface MsiController {

  /** What it is called in the field. */
  String kind();

  /** Guest-physical address of its register frame. */
  long base();

  /** Guest-physical address of the register that takes an MSI. */
  long doorbell();

  /** Alignment of the base, bytes. */
  long alignment();

  /** Size of its register frame, bytes. */
  long bytes();

  /** Interrupt Translation Service of a GICv3: GITS_TRANSLATER. Source: Arm IHI 0069, 12.19. */
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

    /** Control and translation, 64 KiB each. */
    @Override
    public long bytes() {
      return 0x2_0000;
    }
  }

  /** MSI frame beside a GICv2: MSI_SETSPI_NS. Source: Arm Server Base System Architecture. */
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
