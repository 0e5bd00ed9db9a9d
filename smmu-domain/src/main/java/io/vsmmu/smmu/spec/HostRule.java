package io.vsmmu.smmu.spec;

/**
 * What a vSMMU may show in one field of its ID registers, given the host's SMMU.
 *
 * @param field the field of both
 * @param relation how the vSMMU's value must relate to the host's
 * @param source what decides the vSMMU's value
 */
public record HostRule(IdField field, Relation relation, Source source) {

  /** How a vSMMU's value must relate to the host's. */
  public enum Relation {
    AT_MOST("at most the host's") {
      @Override
      boolean holds(int shown, int host) {
        return shown <= host;
      }
    },
    AT_LEAST("at least the host's") {
      @Override
      boolean holds(int shown, int host) {
        return shown >= host;
      }
    },
    /** The guest's tables are walked as they are. */
    INCLUDES_VMSAV8_64("VMSAv8-64 on both, and no format that the host lacks") {
      @Override
      boolean holds(int shown, int host) {
        return (host & VMSAV8_64) != 0 && (shown & VMSAV8_64) != 0 && (shown & ~host) == 0;
      }
    },
    LITTLE_ENDIAN("little-endian; either one only where the host has either") {
      @Override
      boolean holds(int shown, int host) {
        return host == EITHER_ENDIAN
            ? shown == EITHER_ENDIAN || shown == LITTLE
            : host == LITTLE && shown == LITTLE;
      }
    },
    /**
     * Whether faults stall is part of the guest's CDs and STEs: where the host has the choice, a
     * vSMMU may show that faults terminate; where the host forces one of the two, the guest has to
     * know (6.3.1, 5.4.1).
     */
    SAME_OR_TERMINATES("the host's, or 1 where the host has 0") {
      @Override
      boolean holds(int shown, int host) {
        return shown == host || (host == STALL_OR_TERMINATE && shown == TERMINATE);
      }
    };

    private static final int VMSAV8_64 = 0b10;
    private static final int EITHER_ENDIAN = 0;
    private static final int LITTLE = 2;
    private static final int STALL_OR_TERMINATE = 0;
    private static final int TERMINATE = 1;

    private final String text;

    Relation(String text) {
      this.text = text;
    }

    /** The relation in words, for the documentation. */
    public String text() {
      return text;
    }

    abstract boolean holds(int shown, int host);
  }

  /** What decides the value that a vSMMU shows, and so what an operator can change about it. */
  public enum Source {
    /** A property of the vSMMU, chosen when it is created; auto is the host's value. */
    PROPERTY("a property; auto takes the host's"),
    /**
     * Lowered to the value of the first device's SMMU, if the guest cannot have read the register
     * yet: that SMMU walks the guest's tables.
     */
    FIRST_DEVICE("lowered to the host's by the first device, before the guest may have read it"),
    FIXED("the same on every host");

    private final String text;

    Source(String text) {
      this.text = text;
    }

    /** The source in words, for the documentation. */
    public String text() {
      return text;
    }
  }
}
