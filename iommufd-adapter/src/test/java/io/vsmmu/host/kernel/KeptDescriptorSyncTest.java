package io.vsmmu.host.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.posix.EventFd;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.PassedDescriptor;
import io.vsmmu.posix.PosixException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The descriptors that a store receives, and the contexts that a later process makes of them. */
class KeptDescriptorSyncTest {

  /** One in memory. */
  private static final class MemoryStore implements DescriptorStore {

    final Map<String, Fd> held = new TreeMap<>();
    final List<List<String>> dropped = new ArrayList<>();
    boolean full;

    @Override
    public boolean keeps() {
      return true;
    }

    @Override
    public boolean keep(String name, Fd fd) {
      return !full && held.put(name, fd) == null;
    }

    @Override
    public void drop(List<String> names) {
      dropped.add(names);
      names.forEach(held::remove);
    }

    @Override
    public List<PassedDescriptor> kept() {
      return held.entrySet().stream()
          .map(entry -> new PassedDescriptor(entry.getKey(), entry.getValue()))
          .toList();
    }
  }

  private final List<Fd> opened = new ArrayList<>();
  private final MemoryStore store = new MemoryStore();
  private final KeptDescriptorSync sync = new KeptDescriptorSync(store, "vm-1");

  private Fd fd() {
    try {
      Fd fd = EventFd.create().fd();
      opened.add(fd);
      return fd;
    } catch (PosixException failed) {
      throw new AssertionError(failed);
    }
  }

  @AfterEach
  void close() {
    opened.forEach(Fd::close);
  }

  private final KeptDescriptors.Device device = device(3);
  private final KeptDescriptors bare = new KeptDescriptors(fd(), List.of(), List.of());
  private final KeptDescriptors whole =
      new KeptDescriptors(
          bare.iommufd(), List.of(device), List.of(new KeptDescriptors.Veventq(7, fd())));

  private KeptDescriptors.Device device(int id) {
    return new KeptDescriptors.Device("0000:01:00.0", id, fd());
  }

  @Test
  void each_descriptor_is_kept_once_under_a_name_that_identifies_it() {
    sync.keepNew(bare);
    sync.keepNew(whole);
    sync.keepNew(whole);

    assertThat(store.held.keySet())
        .containsExactly("device/vm-1/0000-01-00.0/3", "iommufd/vm-1", "veventq/vm-1/7");
  }

  @Test
  void the_store_drops_the_descriptors_that_are_closed() {
    sync.keepNew(whole);

    sync.dropAllBut(bare);

    assertThat(store.held.keySet()).containsExactly("iommufd/vm-1");
    sync.dropAll();
    assertThat(store.held).isEmpty();
  }

  @Test
  void what_a_full_store_refuses_is_offered_again() {
    store.full = true;
    sync.keepNew(bare);
    store.full = false;

    sync.keepNew(bare);

    assertThat(store.held).hasSize(1);
  }

  @Test
  void a_later_process_finds_them_by_owner() {
    sync.keepNew(whole);
    KeptDescriptorSync other = new KeptDescriptorSync(store, "vsmmu-2");
    other.keepNew(new KeptDescriptors(fd(), List.of(device(4)), List.of()));

    Map<String, KeptDescriptors> found = KeptNames.byOwner(store.kept());

    assertThat(found.keySet()).containsExactlyInAnyOrder("vm-1", "vsmmu-2");
    assertThat(found.get("vm-1")).isEqualTo(whole);
    assertThat(found.get("vsmmu-2").devices()).hasSize(1);
  }

  @Test
  void descriptors_of_an_earlier_process_can_be_dropped() {
    sync.keepNew(whole);
    KeptDescriptorSync later = new KeptDescriptorSync(store, "vm-1");
    later.alreadyKept(whole);

    later.dropAll();

    assertThat(store.held).isEmpty();
  }

  @Test
  void descriptors_without_an_iommufd_or_of_strange_names_are_closed() {
    List<PassedDescriptor> passed =
        List.of(
            new PassedDescriptor("device/vm-1/0000-01-00.0/3", fd()),
            new PassedDescriptor("device/vm-2/0000-01-00.0/many", fd()),
            new PassedDescriptor("iommufd", fd()),
            new PassedDescriptor("unknown", fd()),
            new PassedDescriptor("veventq/vm-1/", fd()));

    assertThat(KeptNames.byOwner(passed)).isEmpty();

    assertThat(passed).noneMatch(descriptor -> descriptor.fd().isOpen());
  }

  @Test
  void without_a_store_nothing_is_kept() {
    KeptDescriptorSync.NOTHING.keepNew(whole);
    KeptDescriptorSync.NOTHING.dropAll();

    assertThat(DescriptorStore.NONE.kept()).isEmpty();
    assertThat(SystemdStore.of(Map.of("NOTIFY_SOCKET", "/run/x"), 1).keeps()).isFalse();
    assertThat(SystemdStore.of(Map.of("FDSTORE", "8"), 1).keeps()).isFalse();
    assertThat(SystemdStore.of(Map.of("FDSTORE", "8", "NOTIFY_SOCKET", "/run/x"), 1).keeps())
        .isTrue();
  }
}
