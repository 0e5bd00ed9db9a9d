package io.vsmmu.control.vm;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.RegisteredVsmmu.ImportStatus;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.smmu.event.VsmmuCreated;
import io.vsmmu.smmu.wire.EventCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the VM of a vSMMU. Its first event names it, and it never changes. An imported vSMMU
 * belongs to no VM of this service. Thread-safe.
 */
final class VmMemberships {

  private final EventDatabase database;
  private final Cache<Integer, String> known =
      Caffeine.newBuilder().maximumSize(VmLimits.REMEMBERED_MEMBERSHIPS).build();

  VmMemberships(EventDatabase database) {
    this.database = database;
  }

  /** Name of the VM; empty if the vSMMU has one of its own, was imported, or has no event yet. */
  String vm(RegisteredVsmmu vsmmu) {
    if (vsmmu.importStatus() != ImportStatus.CREATED_HERE) {
      return "";
    }
    String there = known.getIfPresent(vsmmu.id());
    if (there != null) {
      return there;
    }
    Optional<String> named = first(vsmmu);
    named.ifPresent(vm -> known.put(vsmmu.id(), vm));
    return named.orElse("");
  }

  private Optional<String> first(RegisteredVsmmu vsmmu) {
    List<StoredEvent> events = database.log().readPage(vsmmu.id(), 0, 1);
    return events.stream()
        .map(event -> EventCodec.decode(event.type(), event.payload()))
        .filter(VsmmuCreated.class::isInstance)
        .map(event -> ((VsmmuCreated) event).vm())
        .findFirst();
  }

  /** The living vSMMUs of a VM in the order of their creation. */
  List<RegisteredVsmmu> of(String vm) {
    List<RegisteredVsmmu> members = new ArrayList<>();
    int after = 0;
    List<RegisteredVsmmu> page = page(after);
    while (!page.isEmpty()) {
      page.stream().filter(vsmmu -> vm(vsmmu).equals(vm)).forEach(members::add);
      after = page.getLast().id();
      page = page(after);
    }
    return members;
  }

  private List<RegisteredVsmmu> page(int after) {
    return database.registry().list(after, VmLimits.REGISTRY_PAGE, false);
  }
}
