package io.vsmmu.host.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.InvalidationBatch;
import io.vsmmu.host.IommuContext;
import io.vsmmu.host.MapAccess;
import io.vsmmu.host.RamSource;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random operations with random ids never throw, never leak an object, and leave objects that can
 * all be destroyed.
 */
@Tag("slow")
class HostileCallerTest {

  private static final int OPERATIONS = 10_000;
  private static final int IDS = 24;
  private static final List<String> ADDRESSES =
      List.of("0000:01:00.0", "0000:03:00.0", "0000:03:00.1", "0000:81:00.0", "nowhere");
  private static final long[] STES = {0, 1, 0b1001, 0b1011, -1};

  private final SimulatedHost host = SimulatedHost.standard();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void any_order_of_operations_leaves_a_graph_that_can_be_taken_down(long seed) {
    Random random = new Random(seed);
    IommuContext context = host.open().value();
    int accepted = 0;
    for (int i = 0; i < OPERATIONS; i++) {
      accepted += operation(context, random) ? 1 : 0;
    }
    assertThat(accepted).as("operations accepted").isGreaterThan(OPERATIONS / 100);
    takeDown(context);
    ObjectCounts left = host.objects();
    assertThat(left).isEqualTo(new ObjectCounts(1, 0, 0, 0, 0, 0, 0, 0, left.tombstones()));
    context.close();
    assertThat(host.objects()).isEqualTo(ObjectCounts.NONE);
  }

  private boolean operation(IommuContext context, Random random) {
    int a = random.nextInt(IDS);
    int b = random.nextInt(IDS);
    String address = ADDRESSES.get(random.nextInt(ADDRESSES.size()));
    long ste = STES[random.nextInt(STES.length)];
    RamSource ram = new RamSource.Anonymous((long) b << 12);
    HostResult<?> result =
        switch (random.nextInt(16)) {
          case 0, 1 -> context.bind(address);
          case 2 -> random.nextInt(8) == 0 ? context.unbind(a) : context.hwInfo(a);
          case 3 -> context.allocIoas();
          case 4 -> context.map(a, (long) b << 12, 1 << 12, MapAccess.READ, ram);
          case 5 -> context.unmap(a, (long) b << 12, random.nextInt(3) << 12);
          case 6 -> context.allocNestingParent(a, b);
          case 7 -> context.allocViommu(a, b, IommuContext.VIOMMU_TYPE_ARM_SMMUV3);
          case 8 -> context.allocVdevice(a, b, random.nextInt(4));
          case 9, 10 -> context.allocNestedHwpt(a, b, 0, ste, 0);
          case 11, 12 -> context.attach(a, b);
          case 13 -> random.nextBoolean() ? context.detach(a) : context.allocVeventq(a, 1, b);
          case 14 -> random.nextBoolean() ? context.readVevents(a, b) : context.closeVeventq(a);
          default -> context.destroy(a);
        };
    host.deviceFault(address, random.nextLong(), 0, 0, 0);
    context.invalidate(a, InvalidationBatch.of(random.nextLong(), random.nextLong(), 0x10, 0));
    return result.isOk();
  }

  /** Detaches and unbinds all devices, then destroys unused objects until none is left. */
  private void takeDown(IommuContext context) {
    int highest = OPERATIONS;
    for (int id = 0; id < highest; id++) {
      context.unbind(id);
      context.closeVeventq(id);
    }
    boolean progress = true;
    while (progress) {
      progress = false;
      for (int id = 0; id < highest; id++) {
        progress |= context.destroy(id).isOk();
      }
    }
  }
}
