package io.vsmmu.host.kernel;

import io.vsmmu.posix.Fd;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps a store of descriptors in step with the descriptors of one context: what the context opens
 * is stored, and what it closes is removed from the store first. Not thread-safe: the context calls
 * it under its lock.
 */
final class KeptDescriptorSync {

  /** For a context whose descriptors are not kept. */
  static final KeptDescriptorSync NOTHING = new KeptDescriptorSync(DescriptorStore.NONE, "");

  private final DescriptorStore store;
  private final String owner;
  private final Set<String> names = new LinkedHashSet<>();

  KeptDescriptorSync(DescriptorStore store, String owner) {
    this.store = store;
    this.owner = owner;
  }

  /** Notes descriptors that were in the store when the process started. */
  void alreadyKept(KeptDescriptors kept) {
    names.addAll(KeptNames.of(owner, kept).keySet());
  }

  /** Stores the descriptors that are not in the store yet. */
  void keepNew(KeptDescriptors now) {
    if (!store.keeps()) {
      return;
    }
    for (Map.Entry<String, Fd> entry : KeptNames.of(owner, now).entrySet()) {
      if (!names.contains(entry.getKey()) && store.keep(entry.getKey(), entry.getValue())) {
        names.add(entry.getKey());
      }
    }
  }

  /**
   * Removes all descriptors but these from the store. To be called before this process closes the
   * others: the kernel frees an object only when the last copy of its descriptor is closed, and a
   * later operation may depend on that.
   */
  void dropAllBut(KeptDescriptors wanted) {
    dropAllBut(KeptNames.of(owner, wanted).keySet());
  }

  /** Removes all descriptors of the context from the store. */
  void dropAll() {
    dropAllBut(Set.of());
  }

  private void dropAllBut(Set<String> wanted) {
    List<String> unwanted = new ArrayList<>(names);
    unwanted.removeAll(wanted);
    store.drop(unwanted);
    unwanted.forEach(names::remove);
  }
}
