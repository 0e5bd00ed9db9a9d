package io.vsmmu.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.db.log.AlreadyRegisteredException;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.Snapshots;
import io.vsmmu.db.log.Snapshots.StoredSnapshot;
import io.vsmmu.db.log.VsmmuRegistry;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class SnapshotsAndRegistryTest {

  private static EventDatabase database;

  @BeforeAll
  static void open() {
    database = TestLog.open();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @Test
  void the_latest_snapshot_at_or_before_a_sequence_is_found() {
    Snapshots snapshots = database.snapshots();
    int id = ConcurrentLogTest.register(database).id();
    for (int i = 10; i <= 30; i += 10) {
      snapshots.store(id, new StoredSnapshot(i, 2, new byte[] {(byte) i}));
    }
    snapshots.store(id, new StoredSnapshot(20, 3, new byte[] {99}));

    assertThat(snapshots.latestAtOrBefore(id, 9)).isEmpty();
    assertThat(snapshots.latestAtOrBefore(id, 29))
        .get()
        .usingRecursiveComparison()
        .isEqualTo(new StoredSnapshot(20, 3, new byte[] {99}));
    assertThat(snapshots.latestAtOrBefore(id, Long.MAX_VALUE).orElseThrow().sequence())
        .isEqualTo(30);
  }

  @Test
  void a_name_is_free_again_when_its_vsmmu_is_deleted() {
    VsmmuRegistry registry = database.registry();
    RegisteredVsmmu first = registry.register("gpu0", UUID.randomUUID(), 5);
    assertThatThrownBy(() -> registry.register("gpu0", UUID.randomUUID(), 5))
        .isInstanceOf(AlreadyRegisteredException.class);
    assertThatThrownBy(() -> registry.register("gpu1", first.aggregateId(), 5))
        .isInstanceOf(AlreadyRegisteredException.class);

    assertThat(registry.markDeleted(first.id())).isTrue();
    assertThat(registry.markDeleted(first.id())).isFalse();
    RegisteredVsmmu second = registry.register("gpu0", UUID.randomUUID(), 6);

    assertThat(registry.byName("gpu0")).contains(second);
    assertThat(registry.byId(first.id()).orElseThrow().deletedAt()).isNotNull();
    assertThat(registry.byAggregateId(first.aggregateId()).orElseThrow().id())
        .isEqualTo(first.id());
    assertThat(registry.list(first.id() - 1, 10, true)).contains(second).hasSizeGreaterThan(1);
    assertThat(registry.list(first.id() - 1, 10, false))
        .extracting(RegisteredVsmmu::id)
        .doesNotContain(first.id());
    assertThat(registry.list(second.id(), 10, true)).isEmpty();
  }
}
