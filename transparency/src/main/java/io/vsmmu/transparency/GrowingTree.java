package io.vsmmu.transparency;

import java.util.ArrayList;
import java.util.List;

/**
 * A Merkle tree to which leaves are appended, with one hash for each bit of its size in memory: the
 * roots of the perfect subtrees that it consists of. Not thread-safe.
 */
public final class GrowingTree {

  private final TreeHasher hasher = new TreeHasher();

  /** Roots of the perfect subtrees, the largest and leftmost first. */
  private final List<byte[]> subtrees = new ArrayList<>();

  private long size;

  /** A tree without leaves. */
  public GrowingTree() {}

  /** A tree that exists. */
  public GrowingTree(long size, TreeNodes nodes) {
    this.size = size;
    long begin = 0;
    for (int level = Long.SIZE - 2; level >= 0; level--) {
      if ((size >> level & 1) == 1) {
        subtrees.add(nodes.node(level, begin >> level));
        begin += 1L << level;
      }
    }
  }

  /** Number of leaves. */
  public long size() {
    return size;
  }

  /**
   * Appends a leaf.
   *
   * @param leafHash {@link TreeHasher#leaf} of its bytes; kept
   * @return the hashes of the perfect subtrees that end with this leaf, by level: the leaf's own,
   *     that of the two last leaves if the leaf completes them, and so on. Together those of all
   *     leaves are all nodes of the tree that never change.
   */
  public List<byte[]> append(byte[] leafHash) {
    List<byte[]> completed = new ArrayList<>();
    byte[] hash = leafHash;
    completed.add(hash);
    for (long rest = size; (rest & 1) == 1; rest >>= 1) {
      hash = hasher.node(subtrees.removeLast(), hash);
      completed.add(hash);
    }
    subtrees.add(hash);
    size++;
    return completed;
  }

  /** The root of the leaves so far; {@link TreeHasher#emptyRoot} without any. */
  public byte[] root() {
    if (subtrees.isEmpty()) {
      return TreeHasher.emptyRoot();
    }
    byte[] root = subtrees.getLast();
    for (int i = subtrees.size() - 2; i >= 0; i--) {
      root = hasher.node(subtrees.get(i), root);
    }
    return root;
  }
}
