package io.vsmmu.platform.pci;

import io.vsmmu.platform.Refusals;

/** A capability that can be put into a list: 8 bytes, header and two registers of 16 bits. */
public sealed interface ExtendedCapability {

  /** Bytes of each. */
  int BYTES = 8;

  /** What it is called in the field. */
  String name();

  int id();

  /** Version of its layout. */
  default int version() {
    return 1;
  }

  /** The capability register. */
  int register();

  /** The bits that software may write of the control register, which follows it. */
  int writable();

  /** Adds what is wrong with its values. */
  void check(Refusals refusals);

  /**
   * Process address space IDs. Source: PCI Express 6.0, 7.8.9.
   *
   * @param width bits of a PASID, 1 to 20
   * @param execute whether execute permission may be asked for
   * @param privileged whether privileged mode may be asked for
   */
  record Pasid(int width, boolean execute, boolean privileged) implements ExtendedCapability {

    public static final int ID = 0x1B;
    private static final int MOST = 20;
    private static final int ENABLE = 1;
    private static final int EXECUTE = 1 << 1;
    private static final int PRIVILEGED = 1 << 2;
    private static final int WIDTH_SHIFT = 8;

    @Override
    public String name() {
      return "PASID";
    }

    @Override
    public int id() {
      return ID;
    }

    @Override
    public int register() {
      return (execute ? EXECUTE : 0) | (privileged ? PRIVILEGED : 0) | width << WIDTH_SHIFT;
    }

    /** PASID Enable; the enables of what the device lacks are read-only zero (7.8.9.3). */
    @Override
    public int writable() {
      return ENABLE | (execute ? EXECUTE : 0) | (privileged ? PRIVILEGED : 0);
    }

    @Override
    public void check(Refusals refusals) {
      refusals.inRange(
          "pasid.width",
          width,
          1,
          MOST,
          "take what the host says (out_max_pasid_log2), at most 20");
    }
  }

  /**
   * Address translation services. Source: PCI Express 6.0, 10.5.1.
   *
   * @param queueDepth invalidations that may be outstanding, 1 to 32
   * @param pageAligned whether untranslated addresses are always aligned to 4 KiB
   * @param globalInvalidate whether an invalidation may be for all PASIDs
   */
  record Ats(int queueDepth, boolean pageAligned, boolean globalInvalidate)
      implements ExtendedCapability {

    public static final int ID = 0x0F;
    private static final int MOST = 32;
    private static final int SMALLEST_UNIT = 0x1F;
    private static final int ENABLE = 1 << 15;
    private static final int PAGE_ALIGNED = 1 << 5;
    private static final int GLOBAL_INVALIDATE = 1 << 6;

    @Override
    public String name() {
      return "ATS";
    }

    @Override
    public int id() {
      return ID;
    }

    /** A depth of 32 is written as 0. */
    @Override
    public int register() {
      int depth = queueDepth % MOST;
      return depth | (pageAligned ? PAGE_ALIGNED : 0) | (globalInvalidate ? GLOBAL_INVALIDATE : 0);
    }

    /** Smallest Translation Unit and Enable (10.5.1.3). */
    @Override
    public int writable() {
      return SMALLEST_UNIT | ENABLE;
    }

    @Override
    public void check(Refusals refusals) {
      refusals.inRange("ats.queueDepth", queueDepth, 1, MOST, "take the device's own depth");
    }
  }
}
