package io.vsmmu.transparency;

/** The nodes of a tree that never change, because all leaves below them exist. */
@FunctionalInterface
public interface TreeNodes {

  /**
   * The hash of the perfect subtree over the leaves {@code index << level} to {@code ((index + 1)
   * << level) - 1}, all of which exist.
   *
   * @param level 0 for a leaf's own hash
   */
  byte[] node(int level, long index);
}
