package io.vsmmu.transparency;

import java.util.Arrays;
import java.util.List;

/**
 * Judges proofs that another party made, with the algorithms of RFC 9162, 2.1.3.2 and 2.1.4.2. No
 * input makes a method throw.
 */
public final class ProofCheck {

  private ProofCheck() {}

  /**
   * Whether a leaf is in a tree.
   *
   * @param leafHash {@link TreeHasher#leaf} of its bytes
   * @param index of the leaf, from 0
   * @param size number of leaves of the tree
   * @param path from the leaf's sibling upwards
   */
  public static boolean included(
      byte[] leafHash, long index, long size, List<byte[]> path, byte[] root) {
    if (index < 0 || index >= size) {
      return false;
    }
    TreeHasher hasher = new TreeHasher();
    long node = index;
    long last = size - 1;
    byte[] hash = leafHash;
    for (byte[] sibling : path) {
      if (last == 0) {
        return false;
      }
      if ((node & 1) == 1 || node == last) {
        hash = hasher.node(sibling, hash);
        while ((node & 1) == 0 && node != 0) {
          node >>= 1;
          last >>= 1;
        }
      } else {
        hash = hasher.node(hash, sibling);
      }
      node >>= 1;
      last >>= 1;
    }
    return last == 0 && Arrays.equals(hash, root);
  }

  /**
   * Whether a tree continues an earlier one. Every tree continues the one without leaves.
   *
   * @param from size of the earlier tree
   * @param size of the later tree
   */
  public static boolean consistent(
      long from, byte[] fromRoot, long size, byte[] root, List<byte[]> proof) {
    if (from < 0 || from > size) {
      return false;
    }
    if (from == 0) {
      return proof.isEmpty() && Arrays.equals(fromRoot, TreeHasher.emptyRoot());
    }
    if (from == size) {
      return proof.isEmpty() && Arrays.equals(fromRoot, root);
    }
    if (proof.isEmpty()) {
      return false;
    }
    boolean perfect = Long.bitCount(from) == 1;
    byte[] first = perfect ? fromRoot : proof.getFirst();
    return continues(
        from, fromRoot, size, root, first, perfect ? proof : proof.subList(1, proof.size()));
  }

  private static boolean continues(
      long from, byte[] fromRoot, long size, byte[] root, byte[] first, List<byte[]> rest) {
    TreeHasher hasher = new TreeHasher();
    long node = from - 1;
    long last = size - 1;
    while ((node & 1) == 1) {
      node >>= 1;
      last >>= 1;
    }
    byte[] earlier = first;
    byte[] later = first;
    for (byte[] hash : rest) {
      if (last == 0) {
        return false;
      }
      if ((node & 1) == 1 || node == last) {
        earlier = hasher.node(hash, earlier);
        later = hasher.node(hash, later);
        while ((node & 1) == 0 && node != 0) {
          node >>= 1;
          last >>= 1;
        }
      } else {
        later = hasher.node(later, hash);
      }
      node >>= 1;
      last >>= 1;
    }
    return last == 0 && Arrays.equals(earlier, fromRoot) && Arrays.equals(later, root);
  }
}
