package io.vsmmu.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.projections.model.NamedStreams;
import io.vsmmu.projections.view.EventView;
import io.vsmmu.projections.view.StateView;
import io.vsmmu.smmu.event.GlobalErrorRaised;
import io.vsmmu.smmu.event.MemoryMapped;
import io.vsmmu.smmu.event.MemoryUnmapped;
import io.vsmmu.smmu.event.PageRequestsReported;
import io.vsmmu.smmu.event.VmmConnected;
import io.vsmmu.smmu.event.VmmDisconnected;
import io.vsmmu.smmu.event.VsmmuCreated;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.spec.GlobalError;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.PageRequest;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.MemorySharing;
import io.vsmmu.smmu.stimulus.Origin;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** Views of a VMM's connection, of its memory, and of failed writes to it. */
class VmmViewTest {

  private static final MemoryMapped MAPPED =
      new MemoryMapped(0x4000_0000L, 1L << 30, true, true, MemorySharing.DESCRIPTOR, true);

  private static Map<String, Object> state(VsmmuEvent... events) {
    Vsmmu.Fold fold = new Vsmmu.Fold();
    fold.accept(
        new VsmmuCreated(
            Origin.LIVE, Durability.COMMITTED, VsmmuProperties.ALL_AUTO, IdRegisters.DEFAULT));
    List.of(events).forEach(fold::accept);
    return StateView.of(1, Instant.EPOCH, fold.state(), sequence -> null);
  }

  @Test
  void a_state_shows_the_vmm_and_what_it_shares() {
    Map<String, Object> state = state(new VmmConnected(4711, 1000), MAPPED);

    assertThat(state.get("vmm"))
        .isEqualTo(Map.of("connected", true, "pid", 4711L, "uid", 1000L, "connections", 1L));
    assertThat(state.get("memory"))
        .isEqualTo(
            List.of(
                Map.of(
                    "address", "0x40000000",
                    "size", "0x40000000",
                    "access", "rw",
                    "sharing", "DESCRIPTOR")));
    assertThat(state.get("properties"))
        .asInstanceOf(InstanceOfAssertFactories.MAP)
        .containsEntry("msi", "AUTO");
  }

  @Test
  void a_state_after_the_vmm_went_shows_who_it_was() {
    Map<String, Object> state =
        state(new VmmConnected(4711, 1000), MAPPED, new VmmDisconnected(""));

    assertThat(state.get("vmm"))
        .asInstanceOf(InstanceOfAssertFactories.MAP)
        .containsEntry("connected", false);
    assertThat(state.get("memory")).isEqualTo(List.of());
  }

  @Test
  void events_of_a_vmm_are_readable() {
    assertThat(EventView.of(new VmmConnected(7, 8))).isEqualTo(Map.of("pid", 7L, "uid", 8L));
    assertThat(EventView.of(new VmmDisconnected("gone"))).isEqualTo(Map.of("reason", "gone"));
    assertThat(EventView.of(MAPPED))
        .containsEntry("address", "0x40000000")
        .containsEntry("access", "rw")
        .containsEntry("kept", true);
    assertThat(EventView.of(new MemoryUnmapped(0, -1)))
        .isEqualTo(Map.of("address", "0x0", "size", "0xffffffffffffffff"));
    assertThat(EventView.of(new GlobalErrorRaised(GlobalError.PRIQ_ABT_ERR, 8)))
        .isEqualTo(Map.of("error", "PRIQ_ABT_ERR", "gerror", "0x8"));
  }

  @Test
  void page_requests_are_decoded_and_cut_in_lists() {
    PageRequest request = new PageRequest(0x7000_0001_0000_0900L, 0xffff_f000_0000_1007L);
    PageRequestsReported event =
        new PageRequestsReported(Collections.nCopies(70, request), 2, 3, 3);

    Map<String, Object> view = EventView.brief(event);

    assertThat(view).containsEntry("lost", 2L).containsEntry("omitted", 6);
    assertThat(view.get("records"))
        .asInstanceOf(InstanceOfAssertFactories.list(Map.class))
        .hasSize(EventView.PARTS_IN_LISTS)
        .allSatisfy(
            record -> {
              assertThat(record.get("sid")).isEqualTo("0x900");
              assertThat(record.get("fields"))
                  .asInstanceOf(InstanceOfAssertFactories.MAP)
                  .containsEntry("Last", 1L);
            });
    assertThat(NamedStreams.of(event).each()).containsExactly(0x900);
  }
}
