package io.vsmmu.projections.model;

import io.vsmmu.smmu.spec.AddressRange;
import java.util.ArrayList;
import java.util.List;

/**
 * Addresses as aligned cells of 2^12, 2^16, 2^20 ... 2^64 bytes. A cell is named by its first
 * address with the highest bit below its size set, which no other cell has.
 */
public final class AddressCells {

  /** log2 of the smallest cell's bytes: what an address field of a command can express. */
  public static final int LEAST_BITS = 12;

  /** log2 of the bytes of the only cell that holds every address. */
  public static final int MOST_BITS = Long.SIZE;

  /** How many bits one size has more than the next smaller one. */
  public static final int STEP_BITS = 4;

  /** The cell of every address. */
  public static final long EVERYWHERE = Long.MIN_VALUE;

  /** No cell: stands for "wherever". */
  public static final long ANY = 0;

  /** log2 of the sizes of cells that are marked when a smaller one within them is there. */
  static final int[] MARKED_BITS = {28, 44};

  private static final long MARK = 1;

  private AddressCells() {}

  /** The cell of 2^{@code bits} bytes that holds an address. */
  public static long of(long address, int bits) {
    return bits == MOST_BITS ? EVERYWHERE : (address & (-1L << bits)) | (1L << (bits - 1));
  }

  /** log2 of the bytes of a cell. */
  static int bits(long cell) {
    return Long.numberOfTrailingZeros(cell) + 1;
  }

  /** How many cells of that size a range meets. */
  public static long count(AddressRange range, int bits) {
    return bits == MOST_BITS ? 1 : (range.last() >>> bits) - (range.first() >>> bits) + 1;
  }

  /** The cells of that size that a range meets. */
  public static List<Long> at(AddressRange range, int bits) {
    List<Long> cells = new ArrayList<>();
    long count = count(range, bits);
    for (long i = 0; i < count; i++) {
      cells.add(of(bits == MOST_BITS ? 0 : range.first() + (i << bits), bits));
    }
    return cells;
  }

  /** log2 of the smallest size, from {@code least} on, of which a range meets few enough cells. */
  public static int bitsFor(AddressRange range, int least, int most) {
    int bits = least;
    while (count(range, bits) > most) {
      bits += STEP_BITS;
    }
    return bits;
  }

  /** The cell of at least that size that a cell lies in. */
  static long atLeast(long cell, int bits) {
    return bits(cell) >= bits ? cell : of(cell, bits);
  }

  /** A mark of a cell: a smaller one within it is there. */
  public static long marked(long cell) {
    return cell | MARK;
  }

  /** The marks that a cell leaves. */
  static List<Long> marks(long cell) {
    List<Long> marks = new ArrayList<>();
    for (int bits : MARKED_BITS) {
      if (bits(cell) < bits) {
        marks.add(marked(of(cell, bits)));
      }
    }
    return marks;
  }

  /**
   * Every name under which a range of addresses is in the index if it meets one of these addresses.
   *
   * @param most how many cells of one size are named one by one; a longer range goes by marks
   */
  public static List<Long> meeting(AddressRange range, int most) {
    List<Long> names = new ArrayList<>();
    int least = LEAST_BITS;
    if (count(range, least) > most) {
      least = MOST_BITS;
      for (int bits : MARKED_BITS) {
        if (count(range, bits) <= most) {
          least = bits;
          break;
        }
      }
      if (least == MOST_BITS) {
        names.add(ANY);
      } else {
        at(range, least).forEach(cell -> names.add(marked(cell)));
      }
    }
    for (int bits = least; bits <= MOST_BITS; bits += STEP_BITS) {
      names.addAll(at(range, bits));
    }
    return names;
  }
}
