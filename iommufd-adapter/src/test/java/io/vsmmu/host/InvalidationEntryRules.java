package io.vsmmu.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.simulated.IdMask;
import io.vsmmu.posix.Errno;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The commands that the kernel issues for a guest: arm-smmu-v3-iommufd.c,
 * arm_vsmmu_convert_user_cmd; IHI 0070, 4.3 to 4.5.
 */
public interface InvalidationEntryRules extends HostUnderTest {

  long TG_4K = 1L << 10;
  long TG_16K = 2L << 10;
  long TTL_1 = 1L << 8;
  long NUM_1 = 1L << 12;
  long SCALE_1 = 1L << 20;
  long SCALE_32 = 32L << 20;
  long VA = 0x7F_FFFF_F000L;
  long SSV = 1L << 11;
  long SSID_5 = 5L << 12;
  long SSID_FIELD = 0xF_FFFFL << 12;
  long OPCODE = 0xFF;

  static Stream<Arguments> allowed() {
    return Stream.of(
        Arguments.of("TLBI_NSNH_ALL", TLBI_NSNH_ALL, 0L),
        Arguments.of("TLBI_NH_ALL", TLBI_NH_ALL, 0L),
        Arguments.of("any VMID", TLBI_NH_ALL | 0xFFFFL << 32, 0L),
        Arguments.of("TLBI_NH_ASID", TLBI_NH_ASID | 0xFFFFL << 48, 0L),
        Arguments.of("TLBI_NH_VA", TLBI_NH_VA | 7L << 48, VA | 1),
        Arguments.of("TLBI_NH_VAA", TLBI_NH_VAA, VA | 1),
        Arguments.of("a range", TLBI_NH_VA | NUM_1 | SCALE_1, VA | TG_4K | TTL_1),
        Arguments.of("a range by TTL alone", TLBI_NH_VA, VA | TG_4K | TTL_1),
        Arguments.of("ATC_INV", ATC_INV | SID_FIELD, VA | 52),
        Arguments.of("ATC_INV of a substream", ATC_INV | SID_FIELD | SSV | SSID_5, VA),
        Arguments.of("CFGI_CD", CFGI_CD | SID_FIELD | SSID_5, 1L),
        Arguments.of("CFGI_CD_ALL", CFGI_CD_ALL | SID_FIELD, 0L));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("allowed")
  default void invalidation_of_stage_1_is_issued(String what, long word0, long word1) {
    Guest guest = guestWithVdevice();
    if (!backed(guest, word0)) {
      assertThat(invalidate(guest, word0, word1))
          .isEqualTo(InvalidationReport.failed(Errno.EIO, 0));
      return;
    }
    assertThat(invalidate(guest, word0, word1)).isEqualTo(InvalidationReport.complete(1));
    issued(guest.viommu()).ifPresent(words -> assertThat(words).containsExactly(word0));
  }

  /** Whether the SMMU has the feature that the command needs: ATS or substreams. */
  private boolean backed(Guest guest, long word0) {
    int[] idr = context().hwInfo(guest.dev()).value().ids().idr();
    boolean ats = (word0 & OPCODE) == ATC_INV;
    boolean substream = (word0 & SSID_FIELD) != 0 && (ats || (word0 & OPCODE) == CFGI_CD);
    return (!ats || IdMask.ATS.get(idr) == 1) && (!substream || IdMask.SSIDSIZE.get(idr) > 0);
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        Arguments.of("opcode 0", 0L, 0L),
        Arguments.of("CFGI_STE", CFGI_STE | SID_FIELD, 0L),
        Arguments.of("CMD_SYNC", 0x46L, 0L),
        Arguments.of("TLBI_S12_VMALL", 0x28L, 0L),
        Arguments.of("SSec", CFGI_CD | SID_FIELD | 1L << 10, 0L),
        Arguments.of("NSNH_ALL with a RES0 bit", TLBI_NSNH_ALL | 1L << 8, 0L),
        Arguments.of("NH_ALL with an ASID", TLBI_NH_ALL | 1L << 48, 0L),
        Arguments.of("NH_ASID with an address", TLBI_NH_ASID, VA),
        Arguments.of("NH_VA with a RES0 bit in word 0", TLBI_NH_VA | 1L << 17, VA),
        Arguments.of("NH_VA with a RES0 bit in word 1", TLBI_NH_VA, VA | 1 << 1),
        Arguments.of("NH_VAA with an ASID", TLBI_NH_VAA | 1L << 48, VA),
        Arguments.of("CFGI_CD_ALL with an SSID", CFGI_CD_ALL | SID_FIELD | SSID_5, 0L),
        Arguments.of("CFGI_CD with a RES0 bit in word 1", CFGI_CD | SID_FIELD, 2L),
        Arguments.of("ATC_INV with a RES0 bit", ATC_INV | SID_FIELD, 1L << 6),
        Arguments.of("ATC_INV of more than 2^52 pages", ATC_INV | SID_FIELD, 53L),
        Arguments.of("TG 0 with NUM", TLBI_NH_VA | NUM_1, VA),
        Arguments.of("TG 0 with SCALE", TLBI_NH_VA | SCALE_1, VA),
        Arguments.of("TG 0 with TTL", TLBI_NH_VA, VA | TTL_1),
        Arguments.of("TG without NUM, SCALE and TTL", TLBI_NH_VA, VA | TG_4K),
        Arguments.of("TTL 1 with 16 KiB", TLBI_NH_VA | NUM_1, VA | TG_16K | TTL_1),
        Arguments.of("SCALE above 31", TLBI_NH_VAA | SCALE_32, VA | TG_4K));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  default void anything_else_is_refused(String what, long word0, long word1) {
    Guest guest = guestWithVdevice();
    assertThat(invalidate(guest, word0, word1)).isEqualTo(InvalidationReport.failed(Errno.EIO, 0));
    issued(guest.viommu()).ifPresent(words -> assertThat(words).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(longs = {ATC_INV, CFGI_CD, CFGI_CD_ALL})
  default void unknown_vsid_is_refused(long opcode) {
    Guest guest = guestWithVdevice();
    assertThat(invalidate(guest, opcode | (VSID + 1) << 32, 0).errno()).contains(Errno.EIO);
  }

  @Test
  default void vsid_of_a_destroyed_vdevice_is_unknown() {
    Guest guest = guest();
    int vdevice = context().allocVdevice(guest.viommu(), guest.dev(), VSID).value();
    assertThat(invalidate(guest, CFGI_CD_ALL | SID_FIELD, 0).isComplete()).isTrue();
    assertOk(context().destroy(vdevice));
    assertThat(invalidate(guest, CFGI_CD_ALL | SID_FIELD, 0).errno()).contains(Errno.EIO);
  }

  @Test
  default void invalidation_needs_a_viommu() {
    Guest guest = guest();
    InvalidationBatch batch = InvalidationBatch.of(tlbis(3));
    assertThat(context().invalidate(99, batch))
        .isEqualTo(InvalidationReport.failed(Errno.ENOENT, 0));
    assertThat(context().invalidate(guest.s2(), batch))
        .isEqualTo(InvalidationReport.failed(Errno.EINVAL, 0));
    assertThat(context().invalidate(nested(guest, STE_ABORT), batch))
        .isEqualTo(InvalidationReport.failed(Errno.EOPNOTSUPP, 0));
  }
}
