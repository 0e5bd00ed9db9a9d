package io.vsmmu.projections.model;

/**
 * Something that events may have in common, and that queries ask for.
 *
 * @param scope what the cell is of
 * @param cell a type's number, an unsigned StreamID, or a name of {@link AddressCells}
 */
public record IndexKey(int scope, long cell) {

  /** Every block of events, so that it is known how far the index reaches; the cell is 0. */
  public static final int EVERY_BLOCK = 0;

  /** The number of the event's type. */
  public static final int TYPE = 1;

  /** A StreamID that the event names, or {@link #ANY_STREAM}. */
  public static final int STREAM = 2;

  /** Addresses of TLB invalidations of every ASID. */
  public static final int TLB_OF_ALL_ASIDS = 3;

  /** Addresses of TLB invalidations of one ASID, whichever. */
  public static final int TLB_OF_SOME_ASID = 4;

  /** Addresses of invalidations that name a StreamID, but are none of configuration. */
  public static final int ATC = 5;

  /** Invalidations of configuration; the cell is {@link AddressCells#ANY}. */
  public static final int CONFIGURATION = 6;

  /** Addresses of faults. */
  public static final int FAULT = 7;

  /** Addresses of observed translations. */
  public static final int TRANSLATION = 8;

  /** Cell of events that name a range of StreamIDs, or too many of them. */
  public static final long ANY_STREAM = -1;

  private static final int FIRST_ASID = 1 << 16;

  /** Scope: addresses of TLB invalidations of this ASID. */
  public static int tlbOfAsid(int asid) {
    return FIRST_ASID + asid;
  }

  boolean ofOneAsid() {
    return scope >= FIRST_ASID;
  }

  /** The key that stands for this one and all of its kind. */
  IndexKey coarse() {
    return switch (scope) {
      case STREAM -> new IndexKey(STREAM, ANY_STREAM);
      case TLB_OF_ALL_ASIDS, TLB_OF_SOME_ASID, ATC, FAULT, TRANSLATION ->
          new IndexKey(
              scope, cell == AddressCells.ANY ? AddressCells.ANY : AddressCells.EVERYWHERE);
      default ->
          scope < FIRST_ASID
              ? this
              : new IndexKey(
                  TLB_OF_ALL_ASIDS,
                  cell == AddressCells.ANY ? AddressCells.ANY : AddressCells.EVERYWHERE);
    };
  }
}
