package io.vsmmu.host.kernel;

import io.vsmmu.posix.Fd;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Sees to it that a store holds what a context has, and nothing else of it. */
final class Keeping {

  /** A context that nobody keeps. */
  static final Keeping NOTHING = new Keeping(DescriptorStore.NONE, "");

  private final DescriptorStore store;
  private final String owner;
  private final Set<String> names = new LinkedHashSet<>();

  Keeping(DescriptorStore store, String owner) {
    this.store = store;
    this.owner = owner;
  }

  /** These were in the store when the process began. */
  void found(KeptDescriptors kept) {
    names.addAll(KeptNames.of(owner, kept).keySet());
  }

  /** More descriptors are there. */
  void grown(KeptDescriptors now) {
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
   * Fewer descriptors are wanted. The store lets go first: as long as it holds one, closing ours
   * does not end what hangs on it.
   */
  void shrinks(KeptDescriptors wanted) {
    dropAllBut(KeptNames.of(owner, wanted).keySet());
  }

  /** None is wanted. */
  void end() {
    dropAllBut(Set.of());
  }

  private void dropAllBut(Set<String> wanted) {
    List<String> unwanted = new ArrayList<>(names);
    unwanted.removeAll(wanted);
    store.drop(unwanted);
    unwanted.forEach(names::remove);
  }
}
