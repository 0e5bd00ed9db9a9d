package io.vsmmu.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.posix.Errno;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.Memfd;
import io.vsmmu.scripted.vmm.Answer;
import io.vsmmu.scripted.vmm.RegisterWrite;
import io.vsmmu.scripted.vmm.VfioUserClient;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are carried out, and requests that the server does not have. */
@Timeout(20)
class RequestHandlerTest {

  private ConnectionRig rig;
  private VfioUserClient vmm;

  @BeforeEach
  void connect() throws Exception {
    rig = ConnectionRig.negotiated();
    vmm = rig.vmm;
  }

  @AfterEach
  void disconnect() throws Exception {
    rig.close();
  }

  private void toldOnly(String... calls) {
    assertThat(rig.function.calls).containsExactly(calls);
  }

  private static byte[] access(long offset, int region, int count, int data) {
    ByteBuffer body = VfioUserClient.body(16 + data);
    return body.putLong(offset).putInt(region).putInt(count).array();
  }

  private ByteBuffer info(int command, int argsz, int bytes, int index) {
    byte[] body = VfioUserClient.body(bytes).putInt(argsz).putInt(0).putInt(index).array();
    Answer answer = vmm.ask(command, body);
    assertThat(answer.errno()).isZero();
    assertThat(answer.command()).isEqualTo(command);
    return answer.fields();
  }

  @Test
  void it_is_a_pci_device_that_can_be_reset() {
    ByteBuffer fields = info(4, 16, 16, 0);
    assertThat(fields.getInt(0)).isEqualTo(16);
    assertThat(fields.getInt(4)).isEqualTo(3);
    assertThat(fields.getInt(8)).isEqualTo(9);
    assertThat(fields.getInt(12)).isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource({"0,0x20000", "1,0", "2,0", "3,0", "4,0", "5,0", "6,0x1000", "7,4096", "8,0"})
  void it_has_registers_a_rom_and_a_configuration_space(int index, long size) {
    ByteBuffer fields = info(5, 32, 32, index);
    assertThat(fields.remaining()).isEqualTo(32);
    assertThat(fields.getInt(0)).isEqualTo(32);
    int readable = index == 6 ? 1 : 3;
    assertThat(fields.getInt(4)).as("read, write, no mmap").isEqualTo(size == 0 ? 0 : readable);
    assertThat(fields.getInt(8)).isEqualTo(index);
    assertThat(fields.getLong(16)).isEqualTo(size);
    assertThat(fields.getLong(24)).isZero();
  }

  @ParameterizedTest
  @CsvSource({"0,1,7", "1,0,0", "2,0,0", "3,0,0", "4,0,0"})
  void it_has_intx_and_no_other_interrupts(int index, int count, int flags) {
    ByteBuffer fields = info(7, 16, 16, index);
    assertThat(fields.getInt(4)).isEqualTo(flags);
    assertThat(fields.getInt(8)).isEqualTo(index);
    assertThat(fields.getInt(12)).isEqualTo(count);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5, 7, 16, 2, 3, 8})
  void an_argsz_that_is_too_small_is_invalid(int command) {
    byte[] body = VfioUserClient.body(32).putInt(7).array();
    assertThat(vmm.ask(command, body).errno()).isEqualTo(Errno.EINVAL.number());
    assertThat(vmm.ask(command, new byte[3]).errno()).isEqualTo(Errno.EINVAL.number());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void registers_are_read_and_written_with_the_widths_of_a_bus(int width) {
    Answer answer = vmm.read(0, 0x98, width);
    assertThat(answer.body()).hasSize(16 + width);
    assertThat(answer.fields().getLong(0)).isEqualTo(0x98);
    assertThat(answer.fields().getInt(12)).isEqualTo(width);
    assertThat(answer.fields().get(16)).isEqualTo((byte) 0x98);
    assertThat(vmm.write(0, 0x98, width, -2)).isZero();

    long written = width == 8 ? -2 : (1L << (8 * width)) - 2;
    toldOnly("read 98/" + width, "write 98/%d=%x".formatted(width, written));
  }

  @Test
  void a_read_gives_the_value_of_the_register() {
    assertThat(vmm.read32(0x20)).isEqualTo(0x20);
    assertThat(vmm.read64(0x1_0000)).isEqualTo(0x1122_3344_0001_0000L);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 5, 6, 7, 9, 64, 4096, 0x20000})
  void other_widths_read_as_zeros_and_are_written_once(int width) {
    byte[] read = vmm.read(0, 0, width).body();
    assertThat(read).hasSize(16 + width);
    assertThat(Arrays.copyOfRange(read, 16, read.length)).containsOnly(0);
    assertThat(vmm.write(0, 0, width, -1)).isZero();

    toldOnly("write 0/%d=0".formatted(width));
  }

  @Test
  void an_access_of_nothing_does_nothing() {
    assertThat(vmm.read(0, 0x20000, 0).body()).hasSize(16);
    assertThat(vmm.write(0, 0x10, 0, 0)).isZero();
    toldOnly();
  }

  @ParameterizedTest
  @CsvSource({
    "0x1FFFD,0,4",
    "0x20000,0,1",
    "-4,0,4",
    "-9223372036854775808,0,4",
    "0,0,-1",
    "0,0,0x100001",
    "0,1,4",
    "4093,6,4",
    "0,8,4",
    "0,9,4",
    "0,-1,4",
    "4093,7,4",
    "0,7,4097"
  })
  void accesses_that_leave_their_region_are_invalid(long offset, int region, int count) {
    assertThat(vmm.ask(9, access(offset, region, count, 0)).errno())
        .isEqualTo(Errno.EINVAL.number());
    int data = Math.clamp(count, 0, 8192);
    assertThat(vmm.ask(10, access(offset, region, count, data)).errno())
        .isEqualTo(Errno.EINVAL.number());
    toldOnly();
  }

  @Test
  void a_write_carries_as_much_data_as_it_says() {
    assertThat(vmm.ask(10, access(0, 0, 4, 3)).errno()).isEqualTo(Errno.EINVAL.number());
    assertThat(vmm.ask(10, access(0, 0, 4, 5)).errno()).isEqualTo(Errno.EINVAL.number());
    assertThat(vmm.ask(10, new byte[15]).errno()).isEqualTo(Errno.EINVAL.number());
    assertThat(vmm.ask(9, new byte[15]).errno()).isEqualTo(Errno.EINVAL.number());
    assertThat(vmm.ask(9, access(0, 0, 4, 4)).errno()).isEqualTo(Errno.EINVAL.number());
    toldOnly();
  }

  @Test
  void posted_writes_arrive_in_order_and_without_a_reply() {
    vmm.post32(0x98, 1);
    vmm.post64(0x90, -1);
    vmm.postMulti(List.of(new RegisterWrite(0x98, 4, 2), new RegisterWrite(0x80, 8, 3)));

    assertThat(vmm.read32(0x9C)).isEqualTo(0x9C);
    toldOnly(
        "write 98/4=1", "write 90/8=ffffffffffffffff", "write 98/4=2", "write 80/8=3", "read 9c/4");
  }

  @Test
  void many_writes_come_in_one_message() {
    List<RegisterWrite> writes =
        IntStream.range(0, 2000).mapToObj(i -> new RegisterWrite(4L * i, 4, i)).toList();

    assertThat(vmm.writeMulti(writes).fields().getLong(0)).isEqualTo(2000);
    assertThat(rig.function.calls).hasSize(2000).endsWith("write 1f3c/4=7cf");
    assertThat(vmm.writeMulti(List.of()).fields().getLong(0)).isZero();
  }

  @Test
  void of_many_writes_all_are_done_or_none() {
    for (RegisterWrite bad :
        List.of(new RegisterWrite(0x20000, 4, 0), new RegisterWrite(0, 9, 0))) {
      Answer answer = vmm.writeMulti(List.of(new RegisterWrite(0, 4, 1), bad));
      assertThat(answer.errno()).isEqualTo(Errno.EINVAL.number());
    }
    assertThat(vmm.ask(15, VfioUserClient.body(32).putLong(2).array()).errno())
        .as("more than there are")
        .isEqualTo(Errno.EINVAL.number());
    assertThat(vmm.ask(15, VfioUserClient.body(32).putLong(-1).array()).errno())
        .isEqualTo(Errno.EINVAL.number());
    assertThat(vmm.ask(15, new byte[7]).errno()).isEqualTo(Errno.EINVAL.number());
    toldOnly();
  }

  @Test
  void the_configuration_space_answers_as_a_whole_and_in_parts() {
    assertThat(vmm.read(7, 0, 4096).body()).hasSize(16 + 4096);
    assertThat(vmm.readConfig(0, 4)).isEqualTo(0x0806_1234);
    assertThat(vmm.writeConfig(0x10, 4, 0xFFFF_FFFFL)).isZero();
    assertThat(vmm.readConfig(0x10, 4)).isEqualTo(0xFFFE_0004L);
  }

  @Test
  void the_rom_is_read_in_parts_and_ignores_writes() {
    assertThat(vmm.write(6, 0x10, 4, 0x0102_0304)).isZero();

    assertThat(vmm.read(6, 0x0F, 4).body()).endsWith(0x0F, 0x10, 0x11, 0x12);
    assertThat(vmm.read(6, 0xFFE, 4).errno()).as("beyond its end").isEqualTo(Errno.EINVAL.number());
    toldOnly();
  }

  @Test
  void the_function_hears_that_it_may_reach_memory_until_a_reset() {
    vmm.writeConfig(4, 2, 6);
    vmm.writeConfig(4, 2, 4);
    vmm.writeConfig(4, 2, 0);
    vmm.reset();
    toldOnly("memory true", "memory false", "reset");
  }

  @Test
  void a_reset_resets_all_but_memory() {
    vmm.map(0, 0x1000, 3, 0);
    vmm.writeConfig(4, 2, 6);

    assertThat(vmm.reset()).isZero();

    assertThat(vmm.readConfig(4, 2)).isZero();
    toldOnly("map 0+1000 rw @0 -", "memory true", "memory false", "reset");
  }

  @Test
  void memory_is_handed_on_with_its_descriptor() throws Exception {
    try (Fd fd = Memfd.create("ram", 0x2000)) {
      assertThat(vmm.map(0x4000_0000L, 0x1000, 1, 0x1000, fd)).isZero();
    }
    assertThat(vmm.map(-0x1000, 0x1000, 3, 0)).isZero();
    assertThat(vmm.map(0, RecordingFunction.TOO_MUCH, 3, 0)).isEqualTo(Errno.ENOSPC.number());
    toldOnly(
        "map 40000000+1000 r @1000 fd", "map fffffffffffff000+1000 rw @0 -", "map 0+7000 rw @0 -");
  }

  @Test
  void one_region_has_one_descriptor() throws Exception {
    try (Fd fd = Memfd.create("ram", 0x2000)) {
      assertThat(vmm.map(0, 0x1000, 3, 0, fd, fd)).isEqualTo(Errno.EINVAL.number());
    }
    toldOnly();
  }

  @Test
  void the_reply_to_dma_unmap_repeats_the_request() {
    Answer one = vmm.unmap(0x1000, 0x2000, 0);
    assertThat(one.body()).hasSize(24);
    assertThat(one.fields().getLong(8)).isEqualTo(0x1000);
    assertThat(one.fields().getLong(16)).isEqualTo(0x2000);
    assertThat(vmm.unmap(0, 0, 2).fields().getInt(4)).isEqualTo(2);
    assertThat(vmm.unmap(0, RecordingFunction.TOO_MUCH)).isEqualTo(Errno.ENOENT.number());
    assertThat(vmm.unmap(0, 0x1000, 1).errno()).isEqualTo(Errno.EOPNOTSUPP.number());
    toldOnly("unmap 1000+2000", "unmap all", "unmap 0+7000");
  }

  @ParameterizedTest
  @CsvSource({
    "6,95",
    "11,22",
    "12,22",
    "14,95",
    "16,25",
    "17,95",
    "18,95",
    "0,95",
    "19,95",
    "65535,95"
  })
  void an_unserved_command_is_refused_and_the_connection_continues(int command, int errno) {
    byte[] body = VfioUserClient.body(32).putInt(32).array();
    assertThat(vmm.ask(command, body).errno()).isEqualTo(errno);
    assertThat(vmm.read32(0)).isZero();
    assertThat(rig.connection.refusedRequests()).isEqualTo(1);
  }

  @Test
  void a_second_version_changes_nothing() {
    assertThat(vmm.negotiate().errno()).isEqualTo(Errno.EINVAL.number());
    assertThat(vmm.read32(4)).isEqualTo(4);
  }

  @Test
  void a_request_with_no_reply_is_not_replied_to() {
    for (int command = 2; command < 20; command++) {
      vmm.post(command, new byte[40]);
      vmm.post(command, new byte[0]);
    }
    assertThat(vmm.read32(4)).isEqualTo(4);
    assertThat(vmm.ends(Duration.ofMillis(20)))
        .as("the scripted VMM gives up when a reply comes that it did not ask for")
        .isFalse();
  }

  @Test
  void with_the_vmm_its_memory_goes() throws Exception {
    vmm.enable();
    vmm.close();

    assertThat(rig.ended().reason()).isEqualTo(ConnectionEnd.Reason.CLOSED_BY_VMM);
    toldOnly("memory true", "memory false", "unmap all");
  }
}
