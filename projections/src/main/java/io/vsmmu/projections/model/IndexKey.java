package io.vsmmu.projections.model;

/**
 * A property that events can have and queries can ask for; a row of the table {@code sieve}
 * contains the blocks of events that have it.
 *
 * @param scope kind of the property: one of the constants, or {@link #tlbOfAsid}
 * @param cell its value: a type's number, an unsigned StreamID, or a value of {@link AddressCells}
 */
public record IndexKey(int scope, long cell) {

  /** Every event has it, so that its rows show how far the index reaches; the cell is 0. */
  public static final int EVERY_BLOCK = 0;

  /** The event's type; the cell is its number. */
  public static final int TYPE = 1;

  /** A StreamID that the event refers to, or {@link #ANY_STREAM}. */
  public static final int STREAM = 2;

  /** Addresses of a TLB invalidation for all ASIDs. */
  public static final int TLB_OF_ALL_ASIDS = 3;

  /**
   * Addresses of a TLB invalidation for a single ASID, for queries that do not ask for a certain
   * one.
   */
  public static final int TLB_OF_SOME_ASID = 4;

  /** Addresses of an ATC invalidation. */
  public static final int ATC = 5;

  /** Any CMD_CFGI_*; the cell is {@link AddressCells#ANY}. */
  public static final int CONFIGURATION = 6;

  /** Input address of a fault that the host reported. */
  public static final int FAULT = 7;

  /** Address of a translation that a recording shows. */
  public static final int TRANSLATION = 8;

  /**
   * Cell of events that refer to a range of StreamIDs, or to more than are indexed individually.
   */
  public static final long ANY_STREAM = -1;

  private static final int FIRST_ASID = 1 << 16;

  /** The scope "addresses of a TLB invalidation for this ASID". */
  public static int tlbOfAsid(int asid) {
    return FIRST_ASID + asid;
  }

  boolean ofOneAsid() {
    return scope >= FIRST_ASID;
  }

  /**
   * The less specific key that replaces this one in the index when there are too many; queries for
   * this one look for it too.
   */
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
