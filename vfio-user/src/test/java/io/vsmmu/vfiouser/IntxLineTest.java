package io.vsmmu.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.posix.Errno;
import io.vsmmu.posix.EventFd;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.Memfd;
import io.vsmmu.scripted.vmm.VfioUserClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Edges of the function, as the level interrupt that INTx is with vfio. */
@Timeout(20)
class IntxLineTest {

  private static final int STATUS_INTERRUPT = 0x8;

  private ConnectionRig rig;
  private VfioUserClient vmm;
  private EventFd line;

  @BeforeEach
  void connect() throws Exception {
    rig = ConnectionRig.negotiated();
    vmm = rig.vmm;
    line = EventFd.create();
  }

  @AfterEach
  void disconnect() throws Exception {
    rig.close();
    line.close();
  }

  private void raise() {
    rig.connection.raiseInterrupt();
  }

  /** How often the line was signalled since the last time. */
  private long heard() throws Exception {
    line.signal();
    return line.read() - 1;
  }

  private long status() {
    return vmm.readConfig(6, 2) & STATUS_INTERRUPT;
  }

  @Test
  void an_edge_is_signalled_once_and_masks_the_line() throws Exception {
    assertThat(vmm.setIntx(line.fd())).isZero();
    assertThat(status()).isZero();

    raise();
    raise();
    raise();

    assertThat(heard()).isEqualTo(1);
    assertThat(status()).isEqualTo(STATUS_INTERRUPT);
  }

  @Test
  void edges_while_masked_are_one_after_the_unmask() throws Exception {
    vmm.setIntx(line.fd());
    raise();
    raise();
    raise();
    heard();

    assertThat(vmm.unmaskIntx()).isZero();
    assertThat(heard()).isEqualTo(1);

    assertThat(vmm.unmaskIntx()).isZero();
    assertThat(heard()).isZero();
    assertThat(status()).isZero();
  }

  @Test
  void a_vmm_can_mask() throws Exception {
    vmm.setIntx(line.fd());
    assertThat(vmm.irqs(0x9, 0, 0, 1, 0)).isZero();
    raise();
    assertThat(heard()).isZero();
    assertThat(vmm.irqs(0x12, 0, 0, 1, new byte[] {0})).isZero();
    assertThat(heard()).as("unmask with a flag of 0").isZero();
    assertThat(vmm.irqs(0x12, 0, 0, 1, new byte[] {1})).isZero();
    assertThat(heard()).isEqualTo(1);
  }

  @Test
  void an_edge_waits_for_an_eventfd() throws Exception {
    raise();
    vmm.setIntx(line.fd());
    assertThat(heard()).isEqualTo(1);
  }

  @Test
  void the_guest_can_disable_interrupts() throws Exception {
    vmm.setIntx(line.fd());
    vmm.writeConfig(4, 2, 0x400);
    raise();
    assertThat(heard()).isZero();
    assertThat(status()).as("the status shows it all the same").isEqualTo(STATUS_INTERRUPT);

    vmm.writeConfig(4, 2, 0);
    assertThat(heard()).isEqualTo(1);
  }

  @Test
  void a_vmm_can_fire_itself() throws Exception {
    vmm.setIntx(line.fd());
    assertThat(vmm.irqs(0x21, 0, 0, 1, 0)).isZero();
    assertThat(vmm.irqs(0x22, 0, 0, 1, new byte[] {1})).isZero();
    assertThat(vmm.irqs(0x22, 0, 0, 1, new byte[] {0})).isZero();
    assertThat(heard()).isEqualTo(2);
    assertThat(status()).isZero();
  }

  @Test
  void a_disabled_interrupt_is_pending_until_it_is_enabled() throws Exception {
    vmm.setIntx(line.fd());
    assertThat(vmm.disableIntx()).isZero();
    raise();
    assertThat(heard()).isZero();
    assertThat(vmm.unmaskIntx()).as("as vfio").isEqualTo(Errno.EINVAL.number());
    vmm.setIntx(line.fd());
    assertThat(heard()).isEqualTo(1);
  }

  @Test
  void without_a_descriptor_the_eventfd_is_removed() throws Exception {
    vmm.setIntx(line.fd());
    assertThat(vmm.irqs(0x24, 0, 0, 1, 0)).isZero();
    raise();
    assertThat(heard()).isZero();
  }

  @Test
  void another_eventfd_replaces_the_first() throws Exception {
    try (EventFd second = EventFd.create()) {
      vmm.setIntx(second.fd());
      vmm.setIntx(line.fd());
      raise();
      assertThat(heard()).isEqualTo(1);
      second.signal();
      assertThat(second.read()).isEqualTo(1);
    }
  }

  @Test
  void a_reset_drops_a_pending_edge() throws Exception {
    vmm.setIntx(line.fd());
    raise();
    raise();
    heard();
    vmm.reset();
    assertThat(status()).isZero();
    vmm.unmaskIntx();
    assertThat(heard()).isZero();
    raise();
    assertThat(heard()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0xC, 0x14})
  void mask_and_unmask_by_eventfd_are_not_here(int flags) throws Exception {
    vmm.setIntx(line.fd());
    assertThat(vmm.irqs(flags, 0, 0, 1, 0, line.fd())).isEqualTo(Errno.ENOTTY.number());
    raise();
    assertThat(heard()).isEqualTo(1);
  }

  @Test
  void a_descriptor_that_is_not_an_eventfd_is_refused() throws Exception {
    try (Fd memory = Memfd.create("not-an-eventfd", 4096)) {
      assertThat(vmm.setIntx(memory)).isEqualTo(Errno.EINVAL.number());
    }
    assertThat(vmm.irqs(0x24, 0, 0, 1, 0, line.fd(), line.fd())).isEqualTo(Errno.EINVAL.number());
    raise();
    assertThat(heard()).isZero();
  }

  @Test
  void interrupts_that_are_not_read_add_up() throws Exception {
    vmm.setIntx(line.fd());
    for (int i = 0; i < 1000; i++) {
      raise();
      vmm.unmaskIntx();
    }
    assertThat(heard()).isEqualTo(1000);
  }

  @Test
  void interrupts_come_from_any_thread() throws Exception {
    vmm.setIntx(line.fd());
    Thread[] threads = new Thread[8];
    for (int i = 0; i < threads.length; i++) {
      threads[i] = Thread.ofPlatform().start(this::raise);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(heard()).isEqualTo(1);
    vmm.unmaskIntx();
    assertThat(heard()).isEqualTo(1);
  }

  @Test
  void a_relay_forwards_to_the_attached_connection() throws Exception {
    LinkRelay relay = new LinkRelay();
    vmm.setIntx(line.fd());
    relay.raiseInterrupt();
    assertThat(relay.dma().read(0, 4)).isEmpty();
    assertThat(relay.dma().write(0, new byte[4])).isFalse();
    assertThat(heard()).isZero();

    relay.attach(rig.connection);
    vmm.enable();
    relay.raiseInterrupt();
    assertThat(heard()).isEqualTo(1);

    relay.detach();
  }
}
