package io.vsmmu.smmu.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.problem.Problem;
import io.vsmmu.smmu.event.HardwareQueueAllocated;
import io.vsmmu.smmu.event.HardwareQueueClosed;
import io.vsmmu.smmu.event.HardwareQueueClosed.Reason;
import io.vsmmu.smmu.event.HostFailed;
import io.vsmmu.smmu.spec.HardwareQueues;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import io.vsmmu.smmu.stimulus.MemorySharing;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.stimulus.Stimulus.AllocateHardwareQueue;
import io.vsmmu.smmu.stimulus.Stimulus.FreeHardwareQueue;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Queues that the physical SMMU reads itself: when there may be one, and when it ends. */
class HardwareQueueTest {

  private static final long RAM = 0x4000_0000L;
  private static final long BYTES = 0x1_0000;
  private static final int SID = 0x10;
  private static final int EOPNOTSUPP = 95;

  private static Guest willing() {
    return Guest.unborn()
        .meets(
            new Stimulus.Create(
                Origin.LIVE,
                Durability.COMMITTED,
                VsmmuProperties.ALL_AUTO.with(HardwareQueues.ACCEPT_BLIND),
                Guest.IDS))
        .meets(new Stimulus.ConnectVmm(1, 0))
        .meets(new Stimulus.MapMemory(RAM, 1 << 30, true, true, MemorySharing.DESCRIPTOR))
        .withDevice(SID);
  }

  private static AllocateHardwareQueue queue(int index) {
    return new AllocateHardwareQueue(index, RAM + index * BYTES, BYTES);
  }

  private static Guest withQueues(int count) {
    Guest guest = willing();
    for (int index = 0; index < count; index++) {
      guest.meets(queue(index));
    }
    return guest;
  }

  private static List<Integer> closed(Guest guest, Reason reason) {
    List<HardwareQueueClosed> events = guest.events(HardwareQueueClosed.class);
    assertThat(events).allMatch(event -> event.reason() == reason);
    return events.stream().map(HardwareQueueClosed::index).toList();
  }

  @Test
  void without_the_operators_consent_there_is_no_hardware_queue() {
    Guest guest =
        Guest.created()
            .meets(new Stimulus.MapMemory(RAM, 1 << 30, true, true, MemorySharing.DESCRIPTOR))
            .withDevice(SID);

    Problem refused = guest.isRefused(queue(0));

    assertThat(refused.field()).isEqualTo("cmdqv");
    assertThat(refused.given()).isEqualTo("off");
    assertThat(refused.allowed()).contains("accept_blind", "never reaches the log");
  }

  @Test
  void a_queue_is_a_host_object_from_its_event_on() {
    Guest guest = willing().meets(queue(0));
    HardwareQueueAllocated event = guest.event(HardwareQueueAllocated.class);

    guest.meets(queue(1));

    assertThat(guest.state().hardwareQueues())
        .extracting(HardwareQueue::index, HardwareQueue::address, HardwareQueue::size)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(0, RAM, BYTES),
            org.assertj.core.groups.Tuple.tuple(1, RAM + BYTES, BYTES));
    assertThat(guest.state().hardwareQueues().getFirst().handle()).isEqualTo(event.handle());
  }

  @Test
  void without_a_device_there_is_no_smmu_to_have_a_queue_of() {
    Guest guest = willing().meets(new Stimulus.DetachDevice(SID));

    assertThat(guest.isRefused(queue(0)).field()).isEqualTo("devices");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0x40000000, 0x10000, index",
    "-1, 0x40000000, 0x10000, index",
    "0, 0x40000000, 0x18000, size",
    "0, 0x40000000, 16, size",
    "0, 0x40000000, 0, size",
    "0, 0x40000000, -9223372036854775808, size",
    "0, 0x40008000, 0x10000, address",
    "0, 0x00000000, 0x10000, address",
    "0, 0x80000000, 0x10000, address"
  })
  void what_the_kernel_would_refuse_is_refused_with_the_field(
      int index, String address, String size, String field) {
    Problem refused =
        willing()
            .isRefused(new AllocateHardwareQueue(index, Long.decode(address), Long.decode(size)));

    assertThat(refused.field()).isEqualTo(field);
  }

  @Test
  void memory_that_only_messages_reach_is_none_for_the_hardware() {
    Guest guest = willing().meets(Stimulus.UnmapMemory.all());
    guest.meets(new Stimulus.MapMemory(RAM, 1 << 30, true, true, MemorySharing.MESSAGES));

    assertThat(guest.isRefused(queue(0)).allowed()).contains("descriptor");
  }

  @Test
  void queues_are_freed_in_descending_order() {
    Guest guest = withQueues(2);

    assertThat(guest.isRefused(new FreeHardwareQueue(0)).allowed()).startsWith("1");
    guest.meets(new FreeHardwareQueue(1)).meets(new FreeHardwareQueue(0));

    assertThat(guest.state().hardwareQueues()).isEmpty();
    assertThat(guest.isRefused(new FreeHardwareQueue(0)).allowed()).contains("none is open");
  }

  @Test
  void a_reset_ends_every_queue_the_newest_first() {
    Guest guest = withQueues(3).meets(new Stimulus.Reset(Stimulus.ResetSource.OPERATOR));

    assertThat(closed(guest, Reason.RESET)).containsExactly(2, 1, 0);
    assertThat(guest.state().hardwareQueues()).isEmpty();
  }

  @Test
  void the_last_device_takes_the_queues_with_it() {
    Guest guest = withQueues(2).withDevice(SID + 1);

    assertThat(guest.meets(new Stimulus.DetachDevice(SID)).events(HardwareQueueClosed.class))
        .isEmpty();
    guest.meets(new Stimulus.DetachDevice(SID + 1));

    assertThat(closed(guest, Reason.NO_DEVICE)).containsExactly(1, 0);
  }

  @Test
  void a_queue_ends_with_its_memory_and_with_its_vmm() {
    Guest unmapped = withQueues(2).meets(new Stimulus.UnmapMemory(RAM, 1 << 30));
    Guest left = withQueues(2).meets(new Stimulus.DisconnectVmm("gone"));

    assertThat(closed(unmapped, Reason.NO_MEMORY)).containsExactly(1, 0);
    assertThat(closed(left, Reason.NO_MEMORY)).containsExactly(1, 0);
  }

  @Test
  void a_queue_the_host_refuses_is_closed_and_no_stream_is_worse() {
    Guest guest = withQueues(2);
    long handle = guest.event(HardwareQueueAllocated.class).handle();

    guest.hostReports(Guest.failed(Kind.ALLOC_HW_QUEUE, handle, 3, -1, EOPNOTSUPP));

    assertThat(closed(guest, Reason.HOST_REFUSED)).containsExactly(1);
    assertThat(guest.events(HostFailed.class)).isEmpty();
    assertThat(guest.state().health()).isEqualTo(Health.OK);
    assertThat(guest.state().hardwareQueues()).hasSize(1);
  }

  @Test
  void a_deleted_vsmmu_has_no_queue() {
    assertThat(withQueues(1).meets(new Stimulus.Delete()).state().hardwareQueues()).isEmpty();
  }
}
