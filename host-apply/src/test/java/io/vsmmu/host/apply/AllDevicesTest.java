package io.vsmmu.host.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.IommuCall;
import io.vsmmu.host.simulated.Attachment;
import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.posix.Errno;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.Stimulus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An operation on all devices continues after a device for which it fails, and every failure is
 * reported.
 */
class AllDevicesTest {

  private static final String A = "0000:01:00.0";
  private static final String B = "0000:02:00.0";
  private static final String C = "0000:03:00.0";

  private static final long GBPA_UPDATE = 1L << 31;
  private static final long GBPA_ABORT = 1L << 20;
  private static final CommandEntry CFGI_ALL =
      new ConfigInvalidation.SteRange(0, false, ConfigInvalidation.RANGE_ALL).encode();

  /** The operations on all devices, with the attachment that the devices have afterwards. */
  private enum Operation {
    CFGI_ALL(Attachment.Kind.BYPASS) {
      @Override
      Rig prepared() {
        return devices()
            .enable()
            .places(A, Entries.BYPASS)
            .places(B, Entries.BYPASS)
            .places(C, Entries.BYPASS);
      }

      @Override
      void run(Rig rig) {
        rig.runs(AllDevicesTest.CFGI_ALL, Entries.sync());
      }
    },
    ENABLE(Attachment.Kind.BYPASS) {
      @Override
      Rig prepared() {
        return devices()
            .writes(Register.GBPA, GBPA_UPDATE | GBPA_ABORT)
            .places(A, Entries.BYPASS)
            .places(B, Entries.BYPASS)
            .places(C, Entries.BYPASS);
      }

      @Override
      void run(Rig rig) {
        rig.enable();
      }
    },
    DISABLE(Attachment.Kind.BYPASS) {
      @Override
      Rig prepared() {
        return devices().enable();
      }

      @Override
      void run(Rig rig) {
        rig.writes(Register.CR0, 0);
      }
    },
    GBPA(Attachment.Kind.BYPASS) {
      @Override
      Rig prepared() {
        return devices().writes(Register.GBPA, GBPA_UPDATE | GBPA_ABORT);
      }

      @Override
      void run(Rig rig) {
        rig.writes(Register.GBPA, GBPA_UPDATE);
      }
    },
    RESET(Attachment.Kind.BYPASS) {
      @Override
      Rig prepared() {
        return devices().enable();
      }

      @Override
      void run(Rig rig) {
        rig.meets(new Stimulus.Reset(Stimulus.ResetSource.VMM));
      }
    };

    private final Attachment.Kind after;

    Operation(Attachment.Kind after) {
      this.after = after;
    }

    /**
     * All three devices are attached to the abort proxy, and the operation moves them away from it.
     */
    abstract Rig prepared();

    abstract void run(Rig rig);

    static Rig devices() {
      return Rig.standard().attach(A).attach(B).attach(C);
    }
  }

  private static Attachment.Kind kind(Rig rig, String address) {
    return rig.attachment(address).orElseThrow().kind();
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void devices_behind_one_that_fails_are_moved(Operation operation) {
    Rig rig = operation.prepared();
    assertThat(kind(rig, A)).isEqualTo(Attachment.Kind.ABORT);
    rig.host.faults(FaultPlan.nthCallOf(IommuCall.ATTACH, 1, Errno.ENOMEM));

    operation.run(rig);

    assertThat(kind(rig, A)).isEqualTo(Attachment.Kind.ABORT);
    assertThat(kind(rig, B)).isEqualTo(operation.after);
    assertThat(kind(rig, C)).isEqualTo(operation.after);
    assertThat(rig.failures()).extracting(failed -> failed.streamId()).containsExactly(Rig.sid(A));
    assertThat(rig.state().health().status()).isEqualTo(Health.Status.DEGRADED);
    rig.agrees().leaksNothing();
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void every_device_that_fails_is_reported(Operation operation) {
    Rig rig = operation.prepared();
    rig.host.faults(
        FaultPlan.nthCallOf(IommuCall.ATTACH, 1, Errno.ENOMEM)
            .and(FaultPlan.nthCallOf(IommuCall.ATTACH, 3, Errno.EBUSY))
            .and(FaultPlan.nthCallOf(IommuCall.ATTACH, 5, Errno.EIO)));

    operation.run(rig);

    assertThat(rig.failures())
        .extracting(failed -> failed.streamId())
        .containsExactly(Rig.sid(A), Rig.sid(B), Rig.sid(C));
    assertThat(rig.state().health().failures()).isEqualTo(3);
    rig.agrees().leaksNothing();
  }

  @Test
  void a_hwpt_that_cannot_be_made_for_one_device_is_made_for_the_next() {
    Rig rig =
        Operation.devices()
            .enable()
            .places(A, Entries.TRANSLATE)
            .places(B, Entries.translate(0x5000_0000L));
    rig.host.faults(FaultPlan.nthCallOf(IommuCall.ALLOC_NESTED_HWPT, 1, Errno.ENOMEM));

    rig.runs(CFGI_ALL, Entries.sync());

    assertThat(kind(rig, A)).isEqualTo(Attachment.Kind.ABORT);
    assertThat(kind(rig, B)).isEqualTo(Attachment.Kind.TRANSLATE);
    assertThat(rig.isTold(io.vsmmu.smmu.stimulus.HostOperation.Kind.ALLOC_HWPT)).isTrue();
    rig.agrees().leaksNothing();
  }
}
