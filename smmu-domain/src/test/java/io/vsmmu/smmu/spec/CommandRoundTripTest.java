package io.vsmmu.smmu.spec;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** decode(encode(c)) == c for commands built from field values, the largest ones included. */
class CommandRoundTripTest {

  private static void assertRoundTrip(SmmuCommand command) {
    assertThat(SmmuCommand.decode(command.encode())).isEqualTo(command);
    assertThat(command.encode().reservedBitsSet()).isFalse();
  }

  private static InvalidationRange range(long page, boolean leaf, int hints, int scale, int num) {
    return new InvalidationRange(
        page << 12, leaf, hints & 3, (hints >> 2) & 3, (hints & 16) != 0, scale, num);
  }

  @Property
  void configuration_invalidations(
      @ForAll int sid,
      @ForAll boolean ssec,
      @ForAll boolean leaf,
      @ForAll @IntRange(max = 0xfffff) int ssid,
      @ForAll @IntRange(max = 31) int range) {
    assertRoundTrip(new ConfigInvalidation.Ste(sid, ssec, leaf));
    assertRoundTrip(new ConfigInvalidation.SteRange(sid, ssec, range));
    assertRoundTrip(new ConfigInvalidation.Cd(sid, ssec, ssid, leaf));
    assertRoundTrip(new ConfigInvalidation.CdAll(sid, ssec));
    assertRoundTrip(new ConfigInvalidation.VmsPidm(ssid & 0xffff, ssec));
  }

  @Property
  void tlb_invalidations(
      @ForAll @IntRange(max = 0xffff) int vmid,
      @ForAll @IntRange(max = 0xffff) int asid,
      @ForAll long page,
      @ForAll boolean leaf,
      @ForAll @IntRange(max = 31) int hints,
      @ForAll @IntRange(max = 63) int scale,
      @ForAll @IntRange(max = 31) int num) {
    InvalidationRange range = range(page, leaf, hints, scale, num);
    InvalidationRange ipa = range(page & 0xfff_ffff_ffffL, leaf, hints, scale, num);
    assertRoundTrip(new TlbInvalidation.All(CommandOpcode.TLBI_NH_ALL, vmid));
    assertRoundTrip(new TlbInvalidation.All(CommandOpcode.TLBI_NSNH_ALL, 0));
    assertRoundTrip(new TlbInvalidation.Asid(CommandOpcode.TLBI_NH_ASID, vmid, asid));
    assertRoundTrip(new TlbInvalidation.Asid(CommandOpcode.TLBI_EL2_ASID, 0, asid));
    assertRoundTrip(new TlbInvalidation.Va(CommandOpcode.TLBI_NH_VA, vmid, asid, range));
    assertRoundTrip(new TlbInvalidation.Va(CommandOpcode.TLBI_EL3_VA, 0, 0, range));
    assertRoundTrip(new TlbInvalidation.Vaa(CommandOpcode.TLBI_NH_VAA, vmid, range));
    assertRoundTrip(new TlbInvalidation.Ipa(CommandOpcode.TLBI_S2_IPA, vmid, ipa));
  }

  @Property
  void ats_stall_and_prefetch_commands(
      @ForAll int sid,
      @ForAll boolean flag,
      @ForAll boolean other,
      @ForAll @IntRange(max = 0xfffff) int ssid,
      @ForAll @IntRange(max = 63) int size,
      @ForAll long page) {
    assertRoundTrip(new AtsCommand.AtcInvalidate(sid, flag, ssid, other, size, page << 12));
    assertRoundTrip(new AtsCommand.PriResponse(sid, flag, ssid, ssid & 0x1ff, size & 3));
    assertRoundTrip(new StallCommand.Resume(sid, flag, ssid & 0xffff, other, !flag));
    assertRoundTrip(new StallCommand.Terminate(sid, flag));
    assertRoundTrip(new PrefetchCommand.Config(sid, flag, other, ssid));
    assertRoundTrip(
        new PrefetchCommand.Address(sid, flag, other, ssid, size & 31, ssid & 31, page << 12));
  }

  @Property
  void syncs(
      @ForAll @IntRange(max = 3) int cs,
      @ForAll @IntRange(max = 3) int msh,
      @ForAll @IntRange(max = 15) int attr,
      @ForAll int data,
      @ForAll long address) {
    assertRoundTrip(new SmmuCommand.Sync(cs, msh, attr, data, address & 0xff_ffff_ffff_fffcL));
  }
}
