package io.vsmmu.transparency;

import java.util.ArrayList;
import java.util.List;

/**
 * Makes the roots and proofs of a tree at any size that it once had (RFC 9162, 2.1). Each reads a
 * number of nodes that grows with the logarithm of the size. Not thread-safe.
 */
public final class TreeProofs {

  private final TreeNodes nodes;
  private final TreeHasher hasher = new TreeHasher();

  public TreeProofs(TreeNodes nodes) {
    this.nodes = nodes;
  }

  /** The root of the first {@code size} leaves. */
  public byte[] root(long size) {
    return size == 0 ? TreeHasher.emptyRoot() : hash(0, size);
  }

  /**
   * The inclusion proof of a leaf, from its sibling upwards (RFC 9162, 2.1.3.1).
   *
   * @param index of the leaf, from 0 to {@code size - 1}
   */
  public List<byte[]> inclusion(long index, long size) {
    if (index < 0 || index >= size) {
      throw new IllegalArgumentException("leaf " + index + " is not one of " + size);
    }
    List<byte[]> path = new ArrayList<>();
    inclusion(index, 0, size, path);
    return path;
  }

  private void inclusion(long index, long begin, long end, List<byte[]> path) {
    if (end - begin == 1) {
      return;
    }
    long middle = begin + split(end - begin);
    if (index < middle) {
      inclusion(index, begin, middle, path);
      path.add(hash(middle, end));
    } else {
      inclusion(index, middle, end, path);
      path.add(hash(begin, middle));
    }
  }

  /**
   * The proof that the first leaves of a tree are those of an earlier one (RFC 9162, 2.1.4.1);
   * empty if the earlier one has no leaves or the sizes are the same.
   *
   * @param from size of the earlier tree, from 0 to {@code size}
   */
  public List<byte[]> consistency(long from, long size) {
    if (from < 0 || from > size) {
      throw new IllegalArgumentException("size " + from + " is not within 0.." + size);
    }
    List<byte[]> proof = new ArrayList<>();
    if (from > 0 && from < size) {
      consistency(from, 0, size, true, proof);
    }
    return proof;
  }

  /**
   * @param known whether the range has been the whole earlier tree all the way down, whose root the
   *     verifier has
   */
  private void consistency(long from, long begin, long end, boolean known, List<byte[]> proof) {
    if (from == end) {
      if (!known) {
        proof.add(hash(begin, end));
      }
      return;
    }
    long middle = begin + split(end - begin);
    if (from <= middle) {
      consistency(from, begin, middle, known, proof);
      proof.add(hash(middle, end));
    } else {
      consistency(from, middle, end, false, proof);
      proof.add(hash(begin, middle));
    }
  }

  /**
   * The hash of a range that begins at a multiple of the power of two that is not below its size.
   */
  private byte[] hash(long begin, long end) {
    long size = end - begin;
    if (Long.bitCount(size) == 1) {
      int level = Long.numberOfTrailingZeros(size);
      return nodes.node(level, begin >> level);
    }
    long middle = begin + split(size);
    byte[] left = hash(begin, middle);
    return hasher.node(left, hash(middle, end));
  }

  /** The largest power of two below a size, which is at least 2. */
  private static long split(long size) {
    return Long.highestOneBit(size - 1);
  }
}
