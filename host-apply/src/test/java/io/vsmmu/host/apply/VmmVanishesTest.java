package io.vsmmu.host.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.host.simulated.ObjectCounts;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.host.simulated.SimulatedShare;
import io.vsmmu.host.simulated.SimulatedVmm;
import io.vsmmu.host.vmm.IommufdHandover;
import io.vsmmu.host.vmm.SharedIommufd;
import io.vsmmu.host.vmm.VmmContext;
import io.vsmmu.posix.Errno;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A VMM acts before the 1st, 2nd, ... call that is made on its iommufd, from the search for its
 * device to the device's return: no object of the service remains.
 */
@Tag("slow")
class VmmVanishesTest {

  private static final String A = "0000:01:00.0";
  private static final String B = "0000:02:00.0";
  private static final int MOST_CALLS = 2_000;
  private static final int HIGHEST_ID = 8;

  /** One life of a device that a VMM owns, with an interruption before a call. */
  private static final class Life {
    final SimulatedHost host = SimulatedHost.standard();
    final SimulatedVmm vmm = host.vmm();
    private final AtomicInteger calls = new AtomicInteger();
    private boolean vmmLives = true;

    Life() {
      vmm.plug(A);
      vmm.plug(B);
    }

    void end() {
      vmm.close();
      vmmLives = false;
    }

    /** Runs it; returns whether the interruption happened. */
    boolean run(int before, Consumer<Life> interruption) {
      VmSpace space = new VmSpace(host, "vm-1");
      Rig rig = new Rig(host, space);
      SharedIommufd shared = interrupted(vmm.share(List.of(A)), before, interruption);
      VmmContext context =
          new VmmContext(
              shared, new IommufdHandover(Map.of(), OptionalInt.empty(), () -> vmmLives));
      space.useVmmIommufd(context, false);
      rig.attach(A);
      if (rig.state().devices().isEmpty()) {
        // A refused device is released, as the service does.
        context.release(A);
      } else {
        rig.enable().installs(A, Entries.TRANSLATE);
        rig.detachedByVmm();
        rig.detach(A);
      }
      space.releaseVmmIommufd();
      context.close();
      return calls.get() >= before;
    }

    private SharedIommufd interrupted(
        SimulatedShare shared, int before, Consumer<Life> interruption) {
      return (SharedIommufd)
          Proxy.newProxyInstance(
              SharedIommufd.class.getClassLoader(),
              new Class<?>[] {SharedIommufd.class},
              (proxy, method, arguments) -> {
                if (!looksAtHighId(method.getName(), arguments)
                    && calls.incrementAndGet() == before) {
                  interruption.accept(this);
                }
                try {
                  return method.invoke(shared, arguments);
                } catch (InvocationTargetException thrown) {
                  throw thrown.getCause();
                }
              });
    }
  }

  /**
   * Whether the call examines a high id. All ids are examined for objects and only low ones name
   * any, so a few high ones are enough for this test.
   */
  private static boolean looksAtHighId(String call, Object[] arguments) {
    boolean look = List.of("hwInfo", "isIoasInUse", "invalidate").contains(call);
    return look && (Integer) arguments[0] > HIGHEST_ID;
  }

  /**
   * The objects of the host, without the ids that the kernel keeps reserved until the last
   * descriptor is closed.
   */
  private static ObjectCounts objects(SimulatedHost host) {
    ObjectCounts all = host.objects();
    return new ObjectCounts(
        all.contexts(),
        all.devices(),
        all.ioas(),
        all.pagingHwpts(),
        all.nestedHwpts(),
        all.viommus(),
        all.vdevices(),
        all.veventqs(),
        0);
  }

  private static ObjectCounts withoutPaging(ObjectCounts all) {
    return new ObjectCounts(
        all.contexts(),
        all.devices(),
        all.ioas(),
        0,
        all.nestedHwpts(),
        all.viommus(),
        all.vdevices(),
        all.veventqs(),
        0);
  }

  /** The objects after the VMM has acted without the service. */
  private static ObjectCounts alone(Consumer<Life> interruption) {
    Life life = new Life();
    interruption.accept(life);
    return objects(life.host);
  }

  private static void leavesNothing(Consumer<Life> interruption) {
    ObjectCounts alone = alone(interruption);
    boolean came = true;
    int before = 1;
    for (; came; before++) {
      assertThat(before).isLessThan(MOST_CALLS);
      Life life = new Life();
      came = life.run(before, interruption);
      if (came) {
        ObjectCounts left = objects(life.host);
        assertThat(withoutPaging(left))
            .as("before call %d", before)
            .isEqualTo(withoutPaging(alone));
        // A device that moves just before it is returned is attached to its first IOAS, so that the
        // VMM's second page table is freed, as are the service's.
        assertThat(left.pagingHwpts()).isBetween(0, alone.pagingHwpts());
      }
    }
    assertThat(before).as("the interruption came at many calls").isGreaterThan(50);
  }

  @Test
  void a_device_that_the_vmm_unplugs_at_any_moment_leaves_no_object_of_the_service() {
    leavesNothing(life -> life.vmm.unplug(A));
  }

  @Test
  void the_other_device_of_the_vmm_may_be_unplugged_at_any_moment() {
    leavesNothing(life -> life.vmm.unplug(B));
  }

  @Test
  void a_vmm_that_ends_at_any_moment_leaves_no_object_of_the_service() {
    leavesNothing(Life::end);
    assertThat(alone(Life::end)).isEqualTo(ObjectCounts.NONE);
  }

  @Test
  void a_device_that_the_vmm_attaches_elsewhere_at_any_moment_leaves_no_object_of_the_service() {
    leavesNothing(life -> life.vmm.attach(A, life.vmm.iommufd().allocIoas().value()));
  }

  @Test
  void a_call_that_fails_leaves_no_object_of_the_service_and_the_device_with_its_vmm() {
    for (Errno errno : List.of(Errno.ENOMEM, Errno.ENOENT, Errno.EBUSY)) {
      ObjectCounts alone = alone(life -> {});
      for (int call = 1; call < 120; call++) {
        Life life = new Life();
        life.host.faults(FaultPlan.nthCall(call, errno));

        life.run(Integer.MAX_VALUE, none -> {});

        life.host.faults(FaultPlan.none());
        assertThat(objects(life.host)).as("call %d, %s", call, errno).isEqualTo(alone);
      }
    }
  }
}
