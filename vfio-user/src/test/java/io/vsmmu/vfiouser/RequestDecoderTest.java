package io.vsmmu.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.posix.Errno;
import io.vsmmu.scripted.vmm.VfioUserClient;
import io.vsmmu.vfiouser.Request.DisableIrqs;
import io.vsmmu.vfiouser.Request.IrqAction;
import io.vsmmu.vfiouser.Request.IrqWhen;
import io.vsmmu.vfiouser.Request.MapMemory;
import io.vsmmu.vfiouser.Request.SetIrq;
import io.vsmmu.vfiouser.Request.UnmapAllMemory;
import io.vsmmu.vfiouser.Request.UnmapMemory;
import io.vsmmu.vfiouser.Request.Version;
import io.vsmmu.vfiouser.RequestDecoder.Decoded;
import io.vsmmu.vfiouser.RequestDecoder.Refusal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From bytes to requests. */
class RequestDecoderTest {

  private static final Refusal INVALID = new Refusal(Errno.EINVAL.number());

  private static Decoded decode(Command command, byte[] body) {
    byte[] message = VfioUserClient.header(1, command.number(), 0, 0, body);
    return RequestDecoder.decode(command, ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN));
  }

  private static ByteBuffer body(int bytes) {
    return VfioUserClient.body(bytes);
  }

  private static byte[] map(int argsz, int flags) {
    ByteBuffer body = body(32).putInt(argsz).putInt(flags).putLong(0x3000);
    return body.putLong(0xFFFF_FFFF_0000_0000L).putLong(0x1000).array();
  }

  private static byte[] unmap(int flags, long address, long size) {
    return body(24).putInt(24).putInt(flags).putLong(address).putLong(size).array();
  }

  private static byte[] irqs(int flags, int index, int start, int count) {
    ByteBuffer body = body(21).putInt(21).putInt(flags);
    return body.putInt(index).putInt(start).putInt(count).put((byte) 1).array();
  }

  @Test
  void a_version_is_two_numbers_and_text() {
    byte[] text = "{\"ä\":1}\0".getBytes(StandardCharsets.UTF_8);
    ByteBuffer body = body(4 + text.length).putShort((short) 3).putShort((short) 0xFFFF).put(text);

    assertThat(decode(Command.VERSION, body.array()))
        .isEqualTo(new Version(3, 0xFFFF, "{\"ä\":1}"));
    assertThat(decode(Command.VERSION, body(4).array())).isEqualTo(new Version(0, 0, ""));
  }

  @Test
  void the_text_of_a_version_is_utf8_that_ends_with_a_nul() {
    assertThat(decode(Command.VERSION, new byte[] {0, 0, 0, 0, '{', '}'})).isEqualTo(INVALID);
    assertThat(decode(Command.VERSION, new byte[] {0, 0, 0, 0, (byte) 0xC3, 0})).isEqualTo(INVALID);
    assertThat(decode(Command.VERSION, new byte[3])).isEqualTo(INVALID);
    byte[] longest = new byte[4 + ProtocolLimits.CAPABILITIES];
    Arrays.fill(longest, 4, longest.length - 1, (byte) ' ');
    assertThat(decode(Command.VERSION, longest)).isInstanceOf(Version.class);
    byte[] longer = Arrays.copyOf(longest, longest.length + 1);
    assertThat(decode(Command.VERSION, longer)).isEqualTo(INVALID);
  }

  @ParameterizedTest
  @CsvSource({"0,false,false", "1,true,false", "2,false,true", "3,true,true"})
  void memory_is_shared_with_rights(int flags, boolean readable, boolean writable) {
    assertThat(decode(Command.DMA_MAP, map(32, flags)))
        .isEqualTo(new MapMemory(readable, writable, 0x3000, 0xFFFF_FFFF_0000_0000L, 0x1000));
  }

  @Test
  void memory_is_not_shared_by_a_structure_that_is_cut_or_unknown() {
    assertThat(decode(Command.DMA_MAP, map(31, 3))).isEqualTo(INVALID);
    assertThat(decode(Command.DMA_MAP, map(32, 4))).isEqualTo(INVALID);
    assertThat(decode(Command.DMA_MAP, new byte[31])).isEqualTo(INVALID);
    assertThat(decode(Command.DMA_MAP, map(-1, 3))).as("argsz is unsigned").isNotEqualTo(INVALID);
  }

  @Test
  void memory_is_unmapped_by_range_or_as_a_whole() {
    assertThat(decode(Command.DMA_UNMAP, unmap(0, 0x1000, 0x2000)))
        .isEqualTo(new UnmapMemory(0x1000, 0x2000));
    assertThat(decode(Command.DMA_UNMAP, unmap(2, 0, 0))).isEqualTo(new UnmapAllMemory());
    assertThat(decode(Command.DMA_UNMAP, unmap(2, 0x1000, 0))).isEqualTo(INVALID);
    assertThat(decode(Command.DMA_UNMAP, unmap(4, 0, 0))).isEqualTo(INVALID);
    assertThat(decode(Command.DMA_UNMAP, unmap(1, 0x1000, 0x1000)))
        .isEqualTo(new Refusal(Errno.EOPNOTSUPP.number()));
  }

  @ParameterizedTest
  @CsvSource({
    "0x9,MASK,NOW",
    "0x11,UNMASK,NOW",
    "0x21,TRIGGER,NOW",
    "0xA,MASK,NOW",
    "0x12,UNMASK,NOW",
    "0x22,TRIGGER,NOW",
    "0xC,MASK,BY_EVENTFD",
    "0x14,UNMASK,BY_EVENTFD",
    "0x24,TRIGGER,BY_EVENTFD"
  })
  void an_interrupt_is_ordered_by_one_kind_of_data_and_one_action(
      int flags, IrqAction action, IrqWhen when) {
    assertThat(decode(Command.DEVICE_SET_IRQS, irqs(flags, 0, 0, 1)))
        .isEqualTo(new SetIrq(action, when));
  }

  @Test
  void every_other_combination_of_flags_is_refused() {
    int accepted = 0;
    for (int flags = 0; flags < 256; flags++) {
      accepted += decode(Command.DEVICE_SET_IRQS, irqs(flags, 0, 0, 1)).equals(INVALID) ? 0 : 1;
    }
    assertThat(accepted).isEqualTo(9);
  }

  @Test
  void a_flag_of_0_is_an_order_to_do_nothing_and_a_missing_one_is_none() {
    byte[] body = irqs(0x22, 0, 0, 1);
    body[20] = 0;
    assertThat(decode(Command.DEVICE_SET_IRQS, body))
        .isEqualTo(new SetIrq(IrqAction.TRIGGER, IrqWhen.NOT_AT_ALL));
    assertThat(decode(Command.DEVICE_SET_IRQS, Arrays.copyOf(body, 20))).isEqualTo(INVALID);
    body[0] = 20;
    assertThat(decode(Command.DEVICE_SET_IRQS, body)).as("argsz").isEqualTo(INVALID);
  }

  @ParameterizedTest
  @CsvSource({
    "0,1,1", "0,0,2", "0,1,0", "0,-1,2", "0,0,-1", "1,0,1", "1,0,0", "4,0,1", "5,0,1", "-1,0,1"
  })
  void there_is_one_interrupt_of_one_kind(int index, int start, int count) {
    assertThat(decode(Command.DEVICE_SET_IRQS, irqs(0x21, index, start, count))).isEqualTo(INVALID);
  }

  @Test
  void a_count_of_0_disables_and_means_nothing_else() {
    assertThat(decode(Command.DEVICE_SET_IRQS, irqs(0x21, 0, 0, 0))).isEqualTo(new DisableIrqs());
    assertThat(decode(Command.DEVICE_SET_IRQS, irqs(0x24, 0, 0, 0))).isEqualTo(INVALID);
    assertThat(decode(Command.DEVICE_SET_IRQS, irqs(0x11, 0, 0, 0))).isEqualTo(INVALID);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 8, -1, Integer.MIN_VALUE})
  void regions_have_numbers_up_to_8(int index) {
    byte[] body = body(12).putInt(32).putInt(0).putInt(index).array();
    assertThat(decode(Command.DEVICE_GET_REGION_INFO, body))
        .isEqualTo(index >= 0 ? new Request.RegionInfo(index) : INVALID);
    body[8] = 9;
    assertThat(decode(Command.DEVICE_GET_REGION_INFO, body)).isEqualTo(INVALID);
  }

  @ParameterizedTest
  @EnumSource(Command.class)
  void any_bytes_are_a_request_or_a_refusal(Command command) {
    SplittableRandom random = new SplittableRandom(command.number());
    for (int round = 0; round < 2000; round++) {
      byte[] body = new byte[random.nextInt(64)];
      random.nextBytes(body);
      if (body.length >= 4 && random.nextBoolean()) {
        Arrays.fill(body, 1, 4, (byte) 0);
      }
      Decoded decoded = decode(command, body);
      assertThat(decoded).isNotNull();
      if (decoded instanceof Refusal refusal) {
        assertThat(refusal.errno()).isPositive();
      }
    }
  }

  @Test
  void every_number_is_a_command_or_none() {
    for (int number = 0; number <= 0xFFFF; number++) {
      Command command = Command.of(number);
      assertThat(command == null || command.number() == number).isTrue();
    }
    assertThat(Command.of(14)).isEqualTo(Command.DIRTY_PAGES);
    assertThat(Command.of(19)).isNull();
  }
}
