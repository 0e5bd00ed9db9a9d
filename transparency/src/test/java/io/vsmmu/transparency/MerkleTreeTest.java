package io.vsmmu.transparency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sigstore.merkle.InclusionProofVerificationException;
import dev.sigstore.merkle.InclusionProofVerifier;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MerkleTreeTest {

  /** Sizes from 0 to this one are looked at, with all their leaves and earlier sizes. */
  private static final int SIZES = 130;

  /** Sizes whose roots and some proofs are looked at besides. */
  private static final int MORE_SIZES = 700;

  /** The leaves and roots of the tests of github.com/transparency-dev/merkle (testonly). */
  private static final List<String> PUBLISHED_LEAVES =
      List.of(
          "",
          "00",
          "10",
          "2021",
          "3031",
          "40414243",
          "5051525354555657",
          "606162636465666768696a6b6c6d6e6f");

  private static final List<String> PUBLISHED_ROOTS =
      List.of(
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
          "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
          "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
          "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
          "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
          "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
          "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
          "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

  private final TreeHasher hasher = new TreeHasher();

  /** The nodes that a growing tree completes, as a database keeps them. */
  private final Map<List<Long>, byte[]> kept = new HashMap<>();

  /** The roots of the recursive definition. */
  private final Map<List<Object>, byte[]> naive = new HashMap<>();

  private final TreeProofs proofs =
      new TreeProofs((level, index) -> kept.get(List.of((long) level, index)));

  private final List<byte[]> roots = new ArrayList<>();

  private void grow(List<byte[]> leaves) {
    GrowingTree tree = new GrowingTree();
    roots.add(tree.root());
    for (byte[] leaf : leaves) {
      List<byte[]> completed = tree.append(hasher.leaf(leaf));
      for (int level = 0; level < completed.size(); level++) {
        kept.put(List.of((long) level, (tree.size() - 1) >> level), completed.get(level));
      }
      roots.add(tree.root());
    }
  }

  private static List<byte[]> leaves(int count) {
    List<byte[]> leaves = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      leaves.add(ByteBuffer.allocate(Integer.BYTES).putInt(i).array());
    }
    return leaves;
  }

  @Test
  void the_published_roots_hold() {
    // when
    grow(PUBLISHED_LEAVES.stream().map(HexFormat.of()::parseHex).toList());

    // then
    assertThat(roots.stream().map(HexFormat.of()::formatHex).toList()).isEqualTo(PUBLISHED_ROOTS);
  }

  @Test
  void roots_and_proofs_are_those_of_the_recursive_definition_at_every_size() {
    // given
    List<byte[]> leaves = leaves(SIZES);
    grow(leaves);

    for (int size = 0; size <= SIZES; size++) {
      // then
      byte[] root = naiveRoot(leaves.subList(0, size));
      assertThat(roots.get(size)).isEqualTo(root);
      assertThat(proofs.root(size)).isEqualTo(root);
      for (int i = 0; i < size; i++) {
        List<byte[]> path = proofs.inclusion(i, size);
        assertThat(path).containsExactlyElementsOf(naivePath(i, leaves.subList(0, size)));
        assertThat(ProofCheck.included(hasher.leaf(leaves.get(i)), i, size, path, root)).isTrue();
      }
      for (int from = 0; from <= size; from++) {
        List<byte[]> proof = proofs.consistency(from, size);
        assertThat(proof)
            .containsExactlyElementsOf(naiveConsistency(from, leaves.subList(0, size)));
        assertThat(ProofCheck.consistent(from, roots.get(from), size, root, proof)).isTrue();
      }
    }
  }

  @Test
  void larger_trees_follow_the_definition_too() {
    // given
    long seed = Long.getLong("tree.seed", new Random().nextLong());
    System.out.println("-Dtree.seed=" + seed);
    Random random = new Random(seed);
    List<byte[]> leaves = leaves(MORE_SIZES);
    grow(leaves);

    for (int size = SIZES; size <= MORE_SIZES; size += 1 + random.nextInt(7)) {
      // then
      byte[] root = naiveRoot(leaves.subList(0, size));
      int leaf = random.nextInt(size);
      int from = random.nextInt(size + 1);
      List<byte[]> proof = proofs.consistency(from, size);
      assertThat(proofs.root(size)).isEqualTo(root);
      assertThat(
              ProofCheck.included(
                  hasher.leaf(leaves.get(leaf)), leaf, size, proofs.inclusion(leaf, size), root))
          .isTrue();
      assertThat(ProofCheck.consistent(from, roots.get(from), size, root, proof)).isTrue();
      assertThat(new GrowingTree(size, this::node).root()).isEqualTo(root);
    }
  }

  private byte[] node(int level, long index) {
    return kept.get(List.of((long) level, index));
  }

  @Test
  void no_proof_holds_for_another_leaf_place_size_or_root_or_after_a_change() {
    // given
    int size = 45;
    List<byte[]> leaves = leaves(size);
    grow(leaves);
    byte[] root = roots.get(size);

    for (int i = 0; i < size; i++) {
      List<byte[]> path = proofs.inclusion(i, size);
      byte[] leaf = hasher.leaf(leaves.get(i));

      // then
      assertThat(ProofCheck.included(hasher.leaf(leaves.get((i + 1) % size)), i, size, path, root))
          .isFalse();
      for (int other = -1; other <= size; other++) {
        assertThat(ProofCheck.included(leaf, other, size, path, root)).isEqualTo(other == i);
      }
      assertThat(ProofCheck.included(leaf, i, size, path, roots.get(size - 1))).isFalse();
      for (List<byte[]> wrong : changed(path)) {
        assertThat(ProofCheck.included(leaf, i, size, wrong, root)).isFalse();
      }
    }
    for (int from = 1; from < size; from++) {
      List<byte[]> proof = proofs.consistency(from, size);
      byte[] fromRoot = roots.get(from);
      assertThat(ProofCheck.consistent(from, roots.get(from - 1), size, root, proof)).isFalse();
      assertThat(ProofCheck.consistent(from, fromRoot, size, roots.get(size - 1), proof)).isFalse();
      for (List<byte[]> wrong : changed(proof)) {
        assertThat(ProofCheck.consistent(from, fromRoot, size, root, wrong)).isFalse();
      }
    }
    assertThat(ProofCheck.consistent(size, root, size - 1, roots.get(size - 1), List.of()))
        .isFalse();
    assertThat(ProofCheck.consistent(0, root, size, root, List.of())).isFalse();
  }

  private static List<List<byte[]>> changed(List<byte[]> proof) {
    List<List<byte[]>> all = new ArrayList<>();
    for (int i = 0; i < proof.size(); i++) {
      List<byte[]> flipped = new ArrayList<>(proof);
      byte[] hash = proof.get(i).clone();
      hash[i % TreeHasher.HASH_BYTES] ^= 1;
      flipped.set(i, hash);
      all.add(flipped);
      List<byte[]> shorter = new ArrayList<>(proof);
      shorter.remove(i);
      all.add(shorter);
    }
    List<byte[]> longer = new ArrayList<>(proof);
    longer.add(new byte[TreeHasher.HASH_BYTES]);
    all.add(longer);
    return all;
  }

  @Test
  void sigstore_accepts_every_inclusion_proof_and_no_changed_one() throws Exception {
    // given
    int size = 70;
    List<byte[]> leaves = leaves(size);
    grow(leaves);

    for (int i = 0; i < size; i++) {
      // when
      List<byte[]> path = proofs.inclusion(i, size);
      byte[] leaf = hasher.leaf(leaves.get(i));

      // then
      InclusionProofVerifier.verify(leaf, i, size, path, roots.get(size));
      for (List<byte[]> wrong : changed(path)) {
        assertThat(sigstoreAccepts(leaf, i, size, wrong)).isFalse();
      }
    }
  }

  private boolean sigstoreAccepts(byte[] leaf, long index, long size, List<byte[]> path) {
    try {
      InclusionProofVerifier.verify(leaf, index, size, path, roots.get((int) size));
      return true;
    } catch (InclusionProofVerificationException refused) {
      return false;
    }
  }

  // RFC 6962, 2.1, 2.1.1 and 2.1.2, word for word.

  private byte[] naiveRoot(List<byte[]> d) {
    if (d.isEmpty()) {
      return TreeHasher.emptyRoot();
    }
    // The leaves are all different, so a range is known by its first one and its size.
    List<Object> range = List.of(ByteBuffer.wrap(d.getFirst()), d.size());
    byte[] known = naive.get(range);
    if (known == null) {
      known = defined(d);
      naive.put(range, known);
    }
    return known;
  }

  private byte[] defined(List<byte[]> d) {
    if (d.size() == 1) {
      return hasher.leaf(d.getFirst());
    }
    int k = k(d.size());
    byte[] left = naiveRoot(d.subList(0, k));
    return hasher.node(left, naiveRoot(d.subList(k, d.size())));
  }

  private List<byte[]> naivePath(int m, List<byte[]> d) {
    if (d.size() == 1) {
      return List.of();
    }
    int k = k(d.size());
    return m < k
        ? joined(naivePath(m, d.subList(0, k)), naiveRoot(d.subList(k, d.size())))
        : joined(naivePath(m - k, d.subList(k, d.size())), naiveRoot(d.subList(0, k)));
  }

  private List<byte[]> naiveConsistency(int m, List<byte[]> d) {
    return m == 0 ? List.of() : subproof(m, d, true);
  }

  private List<byte[]> subproof(int m, List<byte[]> d, boolean b) {
    if (m == d.size()) {
      return b ? List.of() : List.of(naiveRoot(d));
    }
    int k = k(d.size());
    return m <= k
        ? joined(subproof(m, d.subList(0, k), b), naiveRoot(d.subList(k, d.size())))
        : joined(subproof(m - k, d.subList(k, d.size()), false), naiveRoot(d.subList(0, k)));
  }

  private static int k(int n) {
    int k = 1;
    while (2 * k < n) {
      k *= 2;
    }
    return k;
  }

  private static List<byte[]> joined(List<byte[]> list, byte[] last) {
    byte[][] all = Arrays.copyOf(list.toArray(byte[][]::new), list.size() + 1);
    all[list.size()] = last;
    return List.of(all);
  }
}
