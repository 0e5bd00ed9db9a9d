package io.vsmmu.projections.model;

import io.vsmmu.smmu.spec.AddressRange;
import java.util.ArrayList;
import java.util.List;

/**
 * Divides the 64-bit address space into aligned cells of 2^12, 2^16, 2^20 ... 2^64 bytes, each of
 * which is the value of an index key. A cell of 2^n bytes has the value {@code first address |
 * 2^(n-1)}, which differs for all cells of all sizes.
 *
 * <p>A cell can also be <em>marked</em>: the value {@code cell | 1} stands for "a smaller cell
 * within this cell is in the index". A query for a long range looks for a few marks instead of very
 * many small cells.
 */
public final class AddressCells {

  /** log2 of the smallest cell in bytes: the granularity of a command's Address field. */
  public static final int LEAST_BITS = 12;

  /** log2 of the largest cell in bytes: the whole address space. */
  public static final int MOST_BITS = Long.SIZE;

  /** Difference between the log2 of one size and of the next. */
  public static final int STEP_BITS = 4;

  /** The cell of the whole address space. */
  public static final long EVERYWHERE = Long.MIN_VALUE;

  /** The value for "at any address", which is no cell. */
  public static final long ANY = 0;

  /** log2 of the sizes for which marks are kept. */
  static final int[] MARKED_BITS = {28, 44};

  private static final long MARK = 1;

  private AddressCells() {}

  /** The cell of 2^{@code bits} bytes that contains an address. */
  public static long of(long address, int bits) {
    return bits == MOST_BITS ? EVERYWHERE : (address & (-1L << bits)) | (1L << (bits - 1));
  }

  /** log2 of a cell's size in bytes. */
  static int bits(long cell) {
    return Long.numberOfTrailingZeros(cell) + 1;
  }

  /** Number of the cells of 2^{@code bits} bytes that overlap a range. */
  public static long count(AddressRange range, int bits) {
    return bits == MOST_BITS ? 1 : (range.last() >>> bits) - (range.first() >>> bits) + 1;
  }

  /** The cells of 2^{@code bits} bytes that overlap a range, ascending. */
  public static List<Long> at(AddressRange range, int bits) {
    List<Long> cells = new ArrayList<>();
    long count = count(range, bits);
    for (long i = 0; i < count; i++) {
      cells.add(of(bits == MOST_BITS ? 0 : range.first() + (i << bits), bits));
    }
    return cells;
  }

  /**
   * log2 of the smallest cell size from {@code least} on of which at most {@code most} cells
   * overlap the range.
   */
  public static int bitsFor(AddressRange range, int least, int most) {
    int bits = least;
    while (count(range, bits) > most) {
      bits += STEP_BITS;
    }
    return bits;
  }

  /** The cell of at least 2^{@code bits} bytes that contains a cell. */
  static long atLeast(long cell, int bits) {
    return bits(cell) >= bits ? cell : of(cell, bits);
  }

  /** The value that stands for "a smaller cell within this cell". */
  public static long marked(long cell) {
    return cell | MARK;
  }

  /** The marks of the larger cells that contain a cell. */
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
   * The values to look for in the index to find every indexed cell that overlaps a range.
   *
   * @param most number of cells of one size that are listed individually; for a longer range marks
   *     of larger cells are listed instead
   */
  public static List<Long> overlapping(AddressRange range, int most) {
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
