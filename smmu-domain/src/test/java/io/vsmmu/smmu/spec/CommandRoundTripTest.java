package io.vsmmu.smmu.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** decode(encode(c)) == c for commands built from field values, the largest ones included. */
class CommandRoundTripTest {

  private static final int SEEDS = 200;

  static LongStream seeds() {
    return LongStream.range(0, SEEDS);
  }

  /** A value of a field, its smallest and largest value more often than by chance. */
  private static int field(SplittableRandom random, int max) {
    return switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> max;
      default -> random.nextInt(max + 1);
    };
  }

  private static void assertRoundTrip(SmmuCommand command) {
    assertThat(SmmuCommand.decode(command.encode())).isEqualTo(command);
    assertThat(command.encode().reservedBitsSet()).isFalse();
  }

  private static InvalidationRange range(long page, boolean leaf, int hints, int scale, int num) {
    return new InvalidationRange(
        page << 12, leaf, hints & 3, (hints >> 2) & 3, (hints & 16) != 0, scale, num);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void configuration_invalidations(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int sid = random.nextInt();
    boolean ssec = random.nextBoolean();
    boolean leaf = random.nextBoolean();
    int ssid = field(random, 0xfffff);
    int range = field(random, 31);
    assertRoundTrip(new ConfigInvalidation.Ste(sid, ssec, leaf));
    assertRoundTrip(new ConfigInvalidation.SteRange(sid, ssec, range));
    assertRoundTrip(new ConfigInvalidation.Cd(sid, ssec, ssid, leaf));
    assertRoundTrip(new ConfigInvalidation.CdAll(sid, ssec));
    assertRoundTrip(new ConfigInvalidation.VmsPidm(ssid & 0xffff, ssec));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void tlb_invalidations(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int vmid = field(random, 0xffff);
    int asid = field(random, 0xffff);
    long page = random.nextLong();
    boolean leaf = random.nextBoolean();
    int hints = field(random, 31);
    int scale = field(random, 63);
    int num = field(random, 31);
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

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void ats_stall_and_prefetch_commands(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int sid = random.nextInt();
    boolean flag = random.nextBoolean();
    boolean other = random.nextBoolean();
    int ssid = field(random, 0xfffff);
    int size = field(random, 63);
    long page = random.nextLong();
    assertRoundTrip(new AtsCommand.AtcInvalidate(sid, flag, ssid, other, size, page << 12));
    assertRoundTrip(new AtsCommand.PriResponse(sid, flag, ssid, ssid & 0x1ff, size & 3));
    assertRoundTrip(new StallCommand.Resume(sid, flag, ssid & 0xffff, other, !flag));
    assertRoundTrip(new StallCommand.Terminate(sid, flag));
    assertRoundTrip(new PrefetchCommand.Config(sid, flag, other, ssid));
    assertRoundTrip(
        new PrefetchCommand.Address(sid, flag, other, ssid, size & 31, ssid & 31, page << 12));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void syncs(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int cs = field(random, 3);
    int msh = field(random, 3);
    int attr = field(random, 15);
    int data = random.nextInt();
    long address = random.nextLong();
    assertRoundTrip(new SmmuCommand.Sync(cs, msh, attr, data, address & 0xff_ffff_ffff_fffcL));
  }
}
