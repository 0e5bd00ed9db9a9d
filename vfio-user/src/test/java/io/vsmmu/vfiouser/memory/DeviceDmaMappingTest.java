package io.vsmmu.vfiouser.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.posix.Errno;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.Memfd;
import io.vsmmu.posix.PosixException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the host's devices reach of what a VMM shares. */
class DeviceDmaMappingTest {

  private static final long RAM = 0x4000_0000L;
  private static final long SIZE = 0x10000;

  private final List<String> told = new ArrayList<>();
  private int answer;

  private final GuestMemory memory =
      new GuestMemory(
          new DeviceDmaMapping() {
            @Override
            public int share(Region region, Bytes bytes) {
              told.add(
                  "share %x %s %s"
                      .formatted(
                          region.address(),
                          bytes.descriptor().isPresent(),
                          bytes.userAddress() != 0));
              return answer;
            }

            @Override
            public void unshare(Region region) {
              told.add("unshare %x".formatted(region.address()));
            }
          });

  @AfterEach
  void close() {
    memory.close();
  }

  private static final DmaChannel NOBODY =
      new DmaChannel() {
        @Override
        public Optional<byte[]> read(long address, int length) {
          return Optional.empty();
        }

        @Override
        public boolean write(long address, byte[] data) {
          return false;
        }
      };

  private int map(long address, @Nullable Fd descriptor) {
    return memory.map(
        new MapRequest(address, SIZE, true, true, 0, descriptor, Optional.<Path>empty(), NOBODY));
  }

  private static Fd memfd() throws PosixException {
    return Memfd.create("ram", SIZE);
  }

  @Test
  void devices_reach_a_region_that_came_with_a_descriptor() throws Exception {
    assertThat(map(RAM, memfd())).isZero();

    assertThat(told).containsExactly("share 40000000 true true");
  }

  @Test
  void devices_do_not_access_memory_that_is_reached_by_messages() {
    assertThat(map(RAM, null)).isZero();
    assertThat(memory.unmap(RAM, SIZE)).isZero();

    assertThat(told).isEmpty();
  }

  @Test
  void a_region_is_taken_from_the_devices_before_it_is_unmapped() throws Exception {
    map(RAM, memfd());

    memory.unmap(RAM, SIZE);

    assertThat(told).containsExactly("share 40000000 true true", "unshare 40000000");
  }

  @Test
  void a_vmm_that_leaves_takes_everything_from_the_devices() throws Exception {
    map(RAM, memfd());
    map(RAM + SIZE, memfd());

    memory.close();

    assertThat(told).hasSize(4).endsWith("unshare 40000000", "unshare 40010000");
  }

  @Test
  void a_region_that_the_host_refuses_is_not_mapped_and_its_descriptor_is_closed()
      throws Exception {
    answer = Errno.ENOMEM.number();
    Fd descriptor = memfd();

    assertThat(map(RAM, descriptor)).isEqualTo(Errno.ENOMEM.number());

    assertThat(memory.regions()).isEmpty();
    assertThat(descriptor.isOpen()).isFalse();
  }

  @Test
  void a_descriptor_stays_open_while_its_region_is_there() throws Exception {
    Fd descriptor = memfd();
    map(RAM, descriptor);
    assertThat(descriptor.isOpen()).isTrue();

    memory.unmapAll();

    assertThat(descriptor.isOpen()).isFalse();
  }
}
