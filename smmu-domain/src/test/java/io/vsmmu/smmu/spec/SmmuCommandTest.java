package io.vsmmu.smmu.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmmuCommandTest {

  private static SmmuCommand decode(long word0, long word1) {
    return SmmuCommand.decode(new CommandEntry(word0, word1));
  }

  @Test
  void configuration_invalidations_decode() {
    assertThat(decode(0x0000_0900_0000_0003L, 1))
        .isEqualTo(new ConfigInvalidation.Ste(0x900, false, true));
    assertThat(decode(0xffff_ffff_0000_0403L, 0))
        .isEqualTo(new ConfigInvalidation.Ste(-1, true, false));
    assertThat(decode(0x0000_0900_1234_5005L, 1))
        .isEqualTo(new ConfigInvalidation.Cd(0x900, false, 0x12345, true));
    assertThat(decode(0x0000_0900_0000_0006L, 0))
        .isEqualTo(new ConfigInvalidation.CdAll(0x900, false));
    assertThat(decode(0x0000_ffff_0000_0007L, 0))
        .isEqualTo(new ConfigInvalidation.VmsPidm(0xffff, false));
  }

  @Test
  void cfgi_all_is_a_range_of_31_and_covers_every_streamid() {
    ConfigInvalidation.SteRange all =
        (ConfigInvalidation.SteRange) decode(0x0000_0900_0000_0004L, 31);

    assertThat(all.all()).isTrue();
    assertThat(all.firstSid()).isZero();
    assertThat(all.lastSid()).isEqualTo(-1);
    assertThat(all.covers(0) && all.covers(-1) && all.covers(0x900)).isTrue();
    assertThat(all.encode().name()).isEqualTo("CFGI_ALL");
  }

  @ParameterizedTest
  @CsvSource({
    "0x900, 0, 0x900, 0x901",
    "0x901, 0, 0x900, 0x901",
    "0x9ab, 7, 0x900, 0x9ff",
    "0x12345, 15, 0x10000, 0x1ffff",
    "0x7fffffff, 30, 0x0, 0x7fffffff"
  })
  void a_range_covers_its_aligned_block(String sid, int range, String first, String last) {
    ConfigInvalidation.SteRange block =
        new ConfigInvalidation.SteRange(Integer.decode(sid), false, range);

    assertThat(block.firstSid()).isEqualTo(Integer.decode(first));
    assertThat(block.lastSid()).isEqualTo(Integer.decode(last));
    assertThat(block.covers(block.lastSid())).isTrue();
    assertThat(block.covers(block.lastSid() + 1)).isFalse();
    assertThat(block.covers(block.firstSid() - 1)).isFalse();
    assertThat(block.encode().name()).isEqualTo("CFGI_STE_RANGE");
  }

  @Test
  void tlb_invalidations_decode() {
    assertThat(decode(0x0000_0001_0000_0010L, 0))
        .isEqualTo(new TlbInvalidation.All(CommandOpcode.TLBI_NH_ALL, 1));
    assertThat(decode(0x30, 0)).isEqualTo(new TlbInvalidation.All(CommandOpcode.TLBI_NSNH_ALL, 0));
    assertThat(decode(0x0002_0001_0000_0011L, 0))
        .isEqualTo(new TlbInvalidation.Asid(CommandOpcode.TLBI_NH_ASID, 1, 2));
    assertThat(decode(0x0002_0001_0000_0012L, 0xffff_0000_0000_1001L))
        .isEqualTo(
            new TlbInvalidation.Va(
                CommandOpcode.TLBI_NH_VA,
                1,
                2,
                InvalidationRange.single(0xffff_0000_0000_1000L, true)));
    assertThat(decode(0x0000_0001_0031_f013L, 0x1000_0700L))
        .isEqualTo(
            new TlbInvalidation.Vaa(
                CommandOpcode.TLBI_NH_VAA,
                1,
                new InvalidationRange(0x1000_0000L, false, 1, 3, false, 3, 31)));
    assertThat(decode(0x0000_0001_0000_002aL, 0xffff_ffff_ffff_f000L))
        .isEqualTo(
            new TlbInvalidation.Ipa(
                CommandOpcode.TLBI_S2_IPA,
                1,
                InvalidationRange.single(0x00ff_ffff_ffff_f000L, false)));
  }

  @ParameterizedTest
  @CsvSource({
    // tg, scale, num, address, first, last
    "0, 0, 0, 0x1000, 0x1000, 0x1fff",
    "1, 0, 0, 0x1000, 0x1000, 0x1fff",
    "2, 0, 0, 0x4000, 0x4000, 0x7fff",
    "3, 0, 0, 0x10000, 0x10000, 0x1ffff",
    "1, 0, 31, 0x100000, 0x100000, 0x11ffff",
    "1, 4, 1, 0x100000, 0x100000, 0x11ffff",
    "3, 31, 31, 0x0, 0x0, 0xfffffffffffff",
    "3, 63, 31, 0x0, 0x0, 0xfffffffffffffff"
  })
  void a_range_covers_num_plus_1_times_2_to_the_scale_granules(
      int tg, int scale, int num, String address, String first, String last) {
    InvalidationRange range =
        new InvalidationRange(Long.decode(address), false, tg, 0, false, scale, num);

    assertThat(range.covered(true))
        .isEqualTo(new AddressRange(Long.decode(first), Long.decode(last)));
  }

  @Test
  void a_range_is_cut_at_the_top_of_the_address_space() {
    InvalidationRange range =
        new InvalidationRange(0xffff_ffff_ffff_f000L, false, 1, 0, false, 0, 31);

    assertThat(range.covered(true)).isEqualTo(new AddressRange(0xffff_ffff_ffff_f000L, -1L));
  }

  @Test
  void without_range_invalidation_the_range_fields_do_not_count() {
    InvalidationRange range = new InvalidationRange(0x4000, true, 2, 0, false, 5, 3);

    assertThat(range.covered(false)).isEqualTo(new AddressRange(0x4000, 0x4fff));
    assertThat(range.granuleLog2()).isEqualTo(OptionalInt.of(14));
  }

  @Test
  void ats_commands_decode() {
    assertThat(decode(0x0000_0900_0000_5a40L, 0x1234_5003L))
        .isEqualTo(new AtsCommand.AtcInvalidate(0x900, true, 5, true, 3, 0x1234_5000L));
    assertThat(decode(0x0000_0900_0000_5841L, 0x21ff))
        .isEqualTo(new AtsCommand.PriResponse(0x900, true, 5, 0x1ff, 2));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0x12345000, 0x12345000, 0x12345fff",
    "3, 0x12345000, 0x12340000, 0x12347fff",
    "50, 0x4000000000000000, 0x4000000000000000, 0x7fffffffffffffff"
  })
  void an_atc_invalidation_covers_its_aligned_span(
      int size, String address, String first, String last) {
    AtsCommand.AtcInvalidate command =
        new AtsCommand.AtcInvalidate(1, false, 0, false, size, Long.decode(address));

    assertThat(command.covered())
        .isEqualTo(new AddressRange(Long.decode(first), Long.decode(last)));
  }

  @ParameterizedTest
  @CsvSource({"52", "53", "63"})
  void an_atc_invalidation_of_52_and_above_covers_everything(int size) {
    assertThat(new AtsCommand.AtcInvalidate(1, false, 0, false, size, 0x1000).covered())
        .isEqualTo(AddressRange.ALL);
  }

  @Test
  void fault_responses_and_prefetches_decode() {
    assertThat(decode(0x0000_0900_0000_1044L, 0xffff))
        .isEqualTo(new StallCommand.Resume(0x900, false, 0xffff, true, false));
    assertThat(decode(0x0000_0900_0000_2044L, 1))
        .isEqualTo(new StallCommand.Resume(0x900, false, 1, false, true));
    assertThat(decode(0x0000_0900_0000_0445L, 0))
        .isEqualTo(new StallCommand.Terminate(0x900, true));
    assertThat(decode(0x0000_0900_0000_7801L, 0))
        .isEqualTo(new PrefetchCommand.Config(0x900, false, true, 7));
    assertThat(decode(0x0000_0900_0000_0002L, 0x1041L))
        .isEqualTo(new PrefetchCommand.Address(0x900, false, false, 0, 1, 2, 0x1000));
  }

  @Test
  void a_linux_sync_with_msi_decodes() {
    assertThat(decode(0x1234_5678_0fc0_1046L, 0x0809_0040L))
        .isEqualTo(
            new SmmuCommand.Sync(SmmuCommand.Sync.CS_IRQ, 3, 0xf, 0x1234_5678, 0x0809_0040L));
    assertThat(decode(0x3046, 0)).isEqualTo(new SmmuCommand.Sync(3, 0, 0, 0, 0));
  }

  @Test
  void reserved_opcodes_keep_their_entry() {
    CommandEntry entry = new CommandEntry(0x1122_3344_5566_7700L, 42);

    assertThat(SmmuCommand.decode(entry)).isEqualTo(new SmmuCommand.Unsupported(entry));
    assertThat(SmmuCommand.decode(entry).encode()).isEqualTo(entry);
    assertThat(entry.name()).isEqualTo("RESERVED_0x00");
    assertThat(entry.command()).isEmpty();
    assertThat(entry.decoded()).containsOnlyKeys("Opcode");
  }

  @Test
  void reserved_bits_are_dropped_but_can_be_asked_for() {
    CommandEntry entry = new CommandEntry(0x0000_0900_0000_0103L, 3);

    assertThat(entry.reservedBitsSet()).isTrue();
    assertThat(SmmuCommand.decode(entry).encode())
        .isEqualTo(new CommandEntry(0x0000_0900_0000_0003L, 1));
    assertThat(SmmuCommand.decode(entry).encode().reservedBitsSet()).isFalse();
  }

  @Test
  void entries_are_16_little_endian_bytes_whatever_the_buffer() {
    CommandEntry entry = new CommandEntry(0x0807_0605_0403_0201L, 0x100f_0e0d_0c0b_0a09L);
    ByteBuffer bigEndian = ByteBuffer.allocate(32).position(4).put(entry.toBytes()).position(4);

    assertThat(entry.toBytes())
        .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
    assertThat(CommandEntry.read(bigEndian)).isEqualTo(entry);
    assertThat(bigEndian.position()).isEqualTo(20);
    assertThat(CommandEntry.fromBytes(entry.toBytes())).isEqualTo(entry);
    assertThatIllegalArgumentException().isThrownBy(() -> CommandEntry.fromBytes(new byte[15]));
  }

  @Test
  void values_that_do_not_fit_their_field_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ConfigInvalidation.SteRange(0, false, 32));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ConfigInvalidation.Cd(0, false, 1 << 20, true));
    assertThatIllegalArgumentException().isThrownBy(() -> InvalidationRange.single(0x10, true));
    assertThatIllegalArgumentException().isThrownBy(() -> new SmmuCommand.Sync(4, 0, 0, 0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new SmmuCommand.Sync(-1, 0, 0, 0, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TlbInvalidation.All(CommandOpcode.TLBI_NH_VA, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TlbInvalidation.All(CommandOpcode.TLBI_NSNH_ALL, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SmmuCommand.Unsupported(new CommandEntry(3, 0)));
  }
}
