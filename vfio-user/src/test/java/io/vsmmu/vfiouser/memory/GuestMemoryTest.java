package io.vsmmu.vfiouser.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.posix.Errno;
import io.vsmmu.posix.EventFd;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.Memfd;
import io.vsmmu.posix.PosixException;
import io.vsmmu.posix.SharedMapping;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuestMemoryTest {

  private static final long RAM = 0x4000_0000L;
  private static final int PAGE = MemoryLimits.PAGE;

  @TempDir Path directory;
  private final GuestMemory memory = new GuestMemory();
  private final RememberingChannel channel = new RememberingChannel(RAM, 16 * PAGE);

  @AfterEach
  void close() {
    memory.close();
  }

  private MapRequest request(long address, long size, long offset, @Nullable Fd descriptor) {
    return new MapRequest(address, size, true, true, offset, descriptor, Optional.empty(), channel);
  }

  private int map(long address, long size) {
    return memory.map(request(address, size, 0, null));
  }

  private int mapFresh(long address, long size) throws PosixException {
    return memory.map(request(address, size, 0, Memfd.create("ram", size)));
  }

  private static MemorySegment bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return MemorySegment.ofArray(bytes);
  }

  private byte[] read(long address, int length) {
    byte[] into = new byte[length];
    assertThat(memory.read(address, MemorySegment.ofArray(into))).isTrue();
    return into;
  }

  private boolean readable(long address, int length) {
    return memory.read(address, MemorySegment.ofArray(new byte[length]));
  }

  @Test
  void a_shared_descriptor_is_the_memory_of_the_guest_at_its_offset() throws Exception {
    // given
    Fd ram = Memfd.create("ram", 4L * PAGE);
    try (SharedMapping guest = SharedMapping.of(ram, 0, 4L * PAGE, true)) {
      assertThat(memory.map(request(RAM, 2L * PAGE, PAGE, ram))).isZero();

      // when
      guest.segment().set(ValueLayout.JAVA_LONG, PAGE + 8, 0x0102030405060708L);
      memory.write(RAM + 16, bytes(9, 8, 7));
      memory.writeInt(RAM + 32, 0xcafe);

      // then
      assertThat(memory.readLong(RAM + 8)).contains(0x0102030405060708L);
      assertThat(guest.segment().get(ValueLayout.JAVA_BYTE, PAGE + 17)).isEqualTo((byte) 8);
      assertThat(guest.segment().get(ValueLayout.JAVA_INT, PAGE + 32)).isEqualTo(0xcafe);
      assertThat(memory.regions())
          .containsExactly(new Region(RAM, 2L * PAGE, true, true, BackingKind.DESCRIPTOR));
      assertThat(channel.asked()).isZero();
      assertThat(ram.isOpen()).isTrue();
    }
  }

  @Test
  void without_a_descriptor_the_file_of_the_operator_is_mapped() throws Exception {
    // given
    Path file = directory.resolve("ram");
    byte[] content = new byte[2 * PAGE];
    content[PAGE + 3] = 42;
    Files.write(file, content);

    // when
    int errno =
        memory.map(new MapRequest(RAM, PAGE, true, true, PAGE, null, Optional.of(file), channel));

    // then
    assertThat(errno).isZero();
    assertThat(read(RAM + 3, 1)).containsExactly(42);
    assertThat(memory.regions().getFirst().kind()).isEqualTo(BackingKind.FILE);
  }

  @Test
  void a_file_that_is_too_short_or_missing_means_messages() throws Exception {
    // given
    Path tooShort = directory.resolve("short");
    Files.write(tooShort, new byte[PAGE]);
    Path none = directory.resolve("none");

    // when
    for (Path path : new Path[] {tooShort, none, directory}) {
      memory.unmapAll();
      int errno =
          memory.map(
              new MapRequest(RAM, 2L * PAGE, true, true, 0, null, Optional.of(path), channel));

      // then
      assertThat(errno).isZero();
      assertThat(memory.regions().getFirst().kind()).isEqualTo(BackingKind.MESSAGES);
    }
    assertThat(Files.exists(none)).isFalse();
    assertThat(Files.size(tooShort)).isEqualTo(PAGE);
  }

  @Test
  void memory_that_is_not_shared_is_accessed_by_messages() {
    // given
    assertThat(map(RAM, 4L * PAGE)).isZero();
    channel.memory()[100] = 1;

    // when
    boolean written = memory.write(RAM + 8, bytes(5, 6));
    boolean stored = memory.writeInt(RAM + 12, 0x04030201);

    // then
    assertThat(written && stored).isTrue();
    assertThat(channel.memory()).startsWith(0, 0, 0, 0, 0, 0, 0, 0, 5, 6, 0, 0, 1, 2, 3, 4);
    assertThat(read(RAM + 100, 1)).containsExactly(1);
  }

  @Test
  void memory_of_a_vmm_that_refuses_cannot_be_accessed() {
    // given
    map(RAM, 4L * PAGE);

    // when
    channel.refuse();

    // then
    assertThat(readable(RAM, 8)).isFalse();
    assertThat(memory.readLong(RAM)).isEmpty();
    assertThat(memory.write(RAM, bytes(1))).isFalse();
    assertThat(memory.writeInt(RAM, 1)).isFalse();
  }

  @Test
  void invalid_ranges_are_refused_with_einval() {
    assertThat(map(RAM, 0)).isEqualTo(Errno.EINVAL.number());
    assertThat(map(RAM + 1, PAGE)).isEqualTo(Errno.EINVAL.number());
    assertThat(map(RAM, PAGE + 512)).isEqualTo(Errno.EINVAL.number());
    assertThat(memory.map(request(RAM, PAGE, 8, null))).isEqualTo(Errno.EINVAL.number());
    assertThat(map(-PAGE, 2L * PAGE)).as("beyond 2^64").isEqualTo(Errno.EINVAL.number());
    assertThat(
            memory.map(new MapRequest(RAM, PAGE, false, false, 0, null, Optional.empty(), channel)))
        .isEqualTo(Errno.EINVAL.number());
    assertThat(memory.regions()).isEmpty();
  }

  @Test
  void the_last_page_of_the_address_space_can_be_mapped() {
    assertThat(map(-PAGE, PAGE)).isZero();

    assertThat(readable(-8, 16)).as("wraps").isFalse();
    assertThat(memory.unmap(-PAGE, PAGE)).isZero();
  }

  @Test
  void a_descriptor_is_closed_even_when_mapping_it_fails() throws Exception {
    // given
    Fd tooShort = Memfd.create("short", PAGE);
    Fd misaligned = Memfd.create("ram", PAGE);
    Fd overlapping = Memfd.create("ram", PAGE);
    Fd line = EventFd.create().fd();

    // when, then
    assertThat(memory.map(request(RAM, 2L * PAGE, 0, tooShort))).isEqualTo(Errno.EINVAL.number());
    assertThat(memory.map(request(RAM + 1, PAGE, 0, misaligned))).isEqualTo(Errno.EINVAL.number());
    assertThat(memory.map(request(RAM, PAGE, 0, line))).isEqualTo(Errno.EINVAL.number());
    map(RAM, PAGE);
    assertThat(memory.map(request(RAM, PAGE, 0, overlapping))).isEqualTo(Errno.EEXIST.number());
    assertThat(new Fd[] {tooShort, misaligned, line, overlapping}).noneMatch(Fd::isOpen);
  }

  @Test
  void regions_never_overlap() {
    // given
    map(RAM + 2L * PAGE, 2L * PAGE);

    // when, then
    assertThat(map(RAM, 3L * PAGE)).isEqualTo(Errno.EEXIST.number());
    assertThat(map(RAM + 3L * PAGE, 2L * PAGE)).isEqualTo(Errno.EEXIST.number());
    assertThat(map(RAM, 8L * PAGE)).isEqualTo(Errno.EEXIST.number());
    assertThat(map(RAM + 2L * PAGE, PAGE)).isEqualTo(Errno.EEXIST.number());
    assertThat(map(RAM, 2L * PAGE)).isZero();
    assertThat(map(RAM + 4L * PAGE, PAGE)).isZero();
    assertThat(memory.regions())
        .extracting(Region::address)
        .containsExactly(RAM, RAM + 2L * PAGE, RAM + 4L * PAGE);
  }

  @Test
  void a_region_beyond_the_limit_is_refused() {
    for (int i = 0; i < MemoryLimits.REGIONS; i++) {
      assertThat(map(RAM + 2L * i * PAGE, PAGE)).isZero();
    }

    assertThat(map(0, PAGE)).isEqualTo(Errno.ENOSPC.number());
    memory.unmapAll();
    assertThat(map(0, PAGE)).isZero();
  }

  @Test
  void unmapping_removes_whole_regions_and_cuts_none() {
    // given
    map(RAM, 2L * PAGE);
    map(RAM + 2L * PAGE, 2L * PAGE);
    map(RAM + 8L * PAGE, PAGE);

    // when, then
    assertThat(memory.unmap(RAM, PAGE)).isEqualTo(Errno.EINVAL.number());
    assertThat(memory.unmap(RAM, 3L * PAGE)).isEqualTo(Errno.EINVAL.number());
    assertThat(memory.unmap(RAM + 5L * PAGE, PAGE)).isEqualTo(Errno.ENOENT.number());
    assertThat(memory.unmap(RAM, 0)).isEqualTo(Errno.EINVAL.number());
    assertThat(memory.regions()).hasSize(3);
    assertThat(memory.unmap(RAM, 4L * PAGE)).isZero();
    assertThat(memory.regions()).extracting(Region::address).containsExactly(RAM + 8L * PAGE);
    assertThat(memory.unmap(RAM, 4L * PAGE)).isEqualTo(Errno.ENOENT.number());
  }

  @Test
  void an_access_may_span_regions_but_no_hole() throws Exception {
    // given: shared, asked for, a hole, shared
    mapFresh(RAM, PAGE);
    map(RAM + PAGE, PAGE);
    mapFresh(RAM + 3L * PAGE, PAGE);

    // when
    boolean written = memory.write(RAM + PAGE - 2, bytes(1, 2, 3, 4));

    // then
    assertThat(written).isTrue();
    assertThat(read(RAM + PAGE - 2, 4)).containsExactly(1, 2, 3, 4);
    assertThat(channel.memory()[PAGE]).isEqualTo((byte) 3);
    assertThat(readable(RAM + 2L * PAGE - 1, 2)).isFalse();
    assertThat(readable(RAM + 2L * PAGE - 1, PAGE + 2)).isFalse();
    assertThat(readable(RAM - 1, 2)).isFalse();
    assertThat(readable(RAM + 4L * PAGE - 1, 1)).isTrue();
    assertThat(readable(RAM + 4L * PAGE - 1, 2)).isFalse();
  }

  @Test
  void nothing_is_written_when_one_byte_may_not_be() throws Exception {
    // given
    mapFresh(RAM, PAGE);

    // when
    boolean written = memory.write(RAM + PAGE - 1, bytes(1, 2));

    // then
    assertThat(written).isFalse();
    assertThat(read(RAM + PAGE - 1, 1)).containsExactly(0);
  }

  @Test
  void the_rights_of_a_region_hold_for_every_access() throws Exception {
    // given
    Fd readOnly = Memfd.create("ram", PAGE);
    Fd writeOnly = Memfd.create("ram", PAGE);
    memory.map(new MapRequest(RAM, PAGE, true, false, 0, readOnly, Optional.empty(), channel));
    memory.map(
        new MapRequest(RAM + PAGE, PAGE, false, true, 0, writeOnly, Optional.empty(), channel));

    // then
    assertThat(readable(RAM, 1)).isTrue();
    assertThat(memory.write(RAM, bytes(1))).isFalse();
    assertThat(memory.writeInt(RAM, 1)).isFalse();
    assertThat(readable(RAM + PAGE, 1)).isFalse();
    assertThat(memory.write(RAM + PAGE, bytes(1))).isTrue();
    assertThat(memory.writeInt(RAM + PAGE, 1)).isTrue();
  }

  @Test
  void without_bus_mastering_no_memory_is_accessed() throws Exception {
    // given
    mapFresh(RAM, PAGE);

    // when
    memory.allowAccess(false);

    // then
    assertThat(readable(RAM, 1)).isFalse();
    assertThat(memory.write(RAM, bytes(1))).isFalse();
    assertThat(memory.writeInt(RAM, 1)).isFalse();
    memory.allowAccess(true);
    assertThat(memory.writeInt(RAM, 1)).isTrue();
  }

  @Test
  void accesses_are_aligned_and_limited() throws Exception {
    // given
    mapFresh(RAM, 4L << 20);

    // then
    assertThat(memory.writeInt(RAM + 2, 1)).isFalse();
    assertThat(readable(RAM + 1, MemoryLimits.ACCESS_BYTES)).isTrue();
    assertThat(readable(RAM + 1, MemoryLimits.ACCESS_BYTES + 1)).isFalse();
    assertThat(readable(RAM, 0)).isTrue();
  }

  @Test
  void a_tebibyte_of_sparse_memory_is_read_at_its_end() throws Exception {
    // given
    long size = 1L << 40;
    assertThat(mapFresh(RAM, size)).isZero();

    // when
    memory.writeInt(RAM + size - 8, 77);

    // then
    assertThat(memory.readLong(RAM + size - 8)).contains(77L);
    assertThat(memory.readLong(RAM + size - 4)).isEmpty();
  }

  @Test
  void after_close_nothing_is_mapped_and_nothing_can_be() throws Exception {
    // given
    mapFresh(RAM, PAGE);

    // when
    memory.close();
    memory.close();

    // then
    assertThat(readable(RAM, 1)).isFalse();
    assertThat(mapFresh(RAM, PAGE)).isEqualTo(Errno.EBADF.number());
    assertThat(memory.regions()).isEmpty();
  }
}
