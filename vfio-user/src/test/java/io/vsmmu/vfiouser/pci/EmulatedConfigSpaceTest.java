package io.vsmmu.vfiouser.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the PCI specification lets a guest find and change. */
class EmulatedConfigSpaceTest {

  private static final long BAR_BYTES = 0x20000;
  private static final int ROM_BYTES = 0x2000;

  private final EmulatedConfigSpace space = new EmulatedConfigSpace(BAR_BYTES, ROM_BYTES);

  private long read(int offset, int width) {
    ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    space.read(offset, width, bytes, 0);
    return bytes.getLong(0);
  }

  private void write(int offset, int width, long value) {
    ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    space.write(offset, width, bytes.putLong(0, value), 0);
  }

  private byte[] all() {
    byte[] all = new byte[EmulatedConfigSpace.BYTES];
    space.read(0, all.length, ByteBuffer.wrap(all), 0);
    return all;
  }

  @Test
  void it_is_a_host_bridge_so_that_linux_leaves_its_bar_where_firmware_placed_it() {
    assertThat(read(0x09, 3)).isEqualTo(0x060000);
    assertThat(read(0x00, 4)).isEqualTo(0x0806_1234);
    assertThat(read(0x2C, 4)).isEqualTo(0x0806_1234);
    assertThat(read(0x0E, 1)).as("type 0, one function").isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {16, 4096, 0x20000, 1L << 32, 1L << 40})
  void the_sizing_algorithm_finds_the_size_of_the_bar(long barBytes) {
    EmulatedConfigSpace sized = new EmulatedConfigSpace(barBytes, 0);
    ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    sized.write(0x10, 4, bytes.putLong(0, 0xFFFF_FFFFL), 0);
    sized.write(0x14, 4, bytes, 0);

    sized.read(0x10, 8, bytes, 0);

    long bar = bytes.getLong(0);
    assertThat(bar & 0xF).as("memory, 64-bit, not prefetchable").isEqualTo(0x4);
    assertThat(-(bar & ~0xFL)).isEqualTo(barBytes);
  }

  @Test
  void the_bar_keeps_the_address_that_it_was_given() {
    write(0x10, 4, 0x8002_0000L);
    write(0x14, 4, 0x80);

    assertThat(read(0x10, 8)).isEqualTo(0x80_8002_0004L);
  }

  @ParameterizedTest
  @ValueSource(ints = {2048, 0x2000, 1 << 20})
  void the_sizing_algorithm_finds_the_size_of_the_rom(int romBytes) {
    EmulatedConfigSpace sized = new EmulatedConfigSpace(BAR_BYTES, romBytes);
    ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    sized.write(0x30, 4, bytes.putLong(0, 0xFFFF_F800L), 0);

    sized.read(0x30, 4, bytes, 0);

    assertThat(-bytes.getInt(0)).isEqualTo(romBytes);
  }

  @Test
  void the_rom_keeps_the_address_and_the_enable_bit_that_it_was_given() {
    write(0x30, 4, 0x1002_0001L);

    assertThat(read(0x30, 4)).isEqualTo(0x1002_0001L);
  }

  @Test
  void without_a_rom_its_base_address_register_is_read_only() {
    EmulatedConfigSpace without = new EmulatedConfigSpace(BAR_BYTES, 0);
    ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    without.write(0x30, 4, bytes.putLong(0, -1), 0);

    without.read(0x30, 4, bytes.putLong(0, 0), 0);

    assertThat(bytes.getInt(0)).isZero();
  }

  @Test
  void memory_stays_reachable_when_bus_mastering_is_switched_off_until_a_reset() {
    assertThat(space.mayAccessMemory()).isFalse();
    write(0x04, 2, 0x6);
    write(0x04, 2, 0x2);
    assertThat(read(0x04, 2)).isEqualTo(0x2);
    assertThat(space.mayAccessMemory()).isTrue();

    space.reset();

    assertThat(space.mayAccessMemory()).isFalse();
  }

  @Test
  void the_address_of_the_bar_is_known_while_memory_is_decoded() {
    write(0x10, 4, 0x1000_0000L);
    write(0x14, 4, 0x80);
    assertThat(space.barAddress()).as("memory is not decoded yet").isEmpty();

    write(0x04, 2, 0x2);
    assertThat(space.barAddress()).hasValue(0x80_1000_0000L);

    write(0x04, 2, 0);
    write(0x10, 8, -1);
    assertThat(space.barAddress()).as("while its size is asked for").isEmpty();
    space.reset();
    write(0x04, 2, 0x2);
    assertThat(space.barAddress()).as("after a reset it has none").isEmpty();
  }

  @Test
  void the_command_register_has_three_switches_and_nothing_else() {
    write(0x04, 2, 0xFFFF);

    assertThat(read(0x04, 2)).isEqualTo(1 << 1 | 1 << 2 | 1 << 10);
    assertThat(space.memorySpace()).isTrue();
    assertThat(space.mayAccessMemory()).isTrue();
    assertThat(space.interruptDisabled()).isTrue();
  }

  @Test
  void one_byte_of_a_register_can_be_written_alone() {
    write(0x05, 1, 0xFF);
    write(0x04, 1, 0x04);

    assertThat(read(0x04, 2)).isEqualTo(0x0404);
    assertThat(space.mayAccessMemory()).isTrue();
    assertThat(space.memorySpace()).isFalse();
  }

  @Test
  void the_status_register_shows_a_waiting_interrupt() {
    space.interruptStatus(true);
    assertThat(read(0x04, 4)).isEqualTo(0x0008_0000);

    write(0x06, 2, 0xFFFF);
    assertThat(read(0x06, 2)).as("read-only").isEqualTo(0x8);

    space.interruptStatus(false);
    assertThat(read(0x06, 2)).isZero();
  }

  @Test
  void all_else_is_read_only() {
    byte[] before = all();
    byte[] ones = new byte[EmulatedConfigSpace.BYTES];
    Arrays.fill(ones, (byte) 0xFF);

    space.write(0, ones.length, ByteBuffer.wrap(ones), 0);

    byte[] after = all();
    for (int i = 0; i < after.length; i++) {
      boolean changes =
          i == 0x04 || i == 0x05 || (i >= 0x12 && i < 0x18) || (i >= 0x30 && i < 0x34) || i == 0x3C;
      if (!changes) {
        assertThat(after[i]).as("byte 0x%x", i).isEqualTo(before[i]);
      }
    }
    assertThat(read(0x3C, 2)).as("line is writable, pin is A").isEqualTo(0x01FF);
    assertThat(read(0x34, 1)).as("no capabilities").isZero();
    assertThat(read(0x06, 2)).isZero();
  }

  @Test
  void a_reset_restores_the_initial_values() {
    byte[] fresh = all();
    write(0x04, 2, 0x406);
    write(0x10, 8, -1);
    write(0x3C, 1, 9);
    space.interruptStatus(true);

    space.reset();

    assertThat(all()).isEqualTo(fresh);
    assertThat(space.mayAccessMemory()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1024, 3000, -1, Integer.MIN_VALUE})
  void a_rom_has_a_size_that_its_base_address_register_can_tell(int romBytes) {
    assertThatThrownBy(() -> new EmulatedConfigSpace(BAR_BYTES, romBytes))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 8, 24, -1, Long.MIN_VALUE})
  void a_bar_has_a_size_that_hardware_can_have(long barBytes) {
    assertThatThrownBy(() -> new EmulatedConfigSpace(barBytes, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
