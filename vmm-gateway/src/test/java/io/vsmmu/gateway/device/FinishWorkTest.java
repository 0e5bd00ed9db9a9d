package io.vsmmu.gateway.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.gateway.DecisionLog;
import io.vsmmu.gateway.GuestSession;
import io.vsmmu.gateway.SessionLimits;
import io.vsmmu.smmu.aggregate.DecisionLoop;
import io.vsmmu.smmu.aggregate.Submission;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.ControlFields;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.GlobalError;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.vfiouser.VmmLink;
import io.vsmmu.vfiouser.memory.DeviceDmaMapping;
import io.vsmmu.vfiouser.memory.DmaChannel;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An event queue outside the guest's memory: another thread reports that writing it failed. */
@Timeout(60)
class FinishWorkTest {

  private static final long NOWHERE = 0x9000_0000L;
  private static final int RECORDS_LOG2 = 4;

  private final Thread asker = Thread.currentThread();
  private final AtomicBoolean finished = new AtomicBoolean();
  private final GuestSession session =
      new GuestSession("v", new Log(), decided -> Optional.empty(), SessionLimits.DEFAULT);
  private SmmuFunction function;

  @BeforeEach
  void boot() {
    session
        .post(
            new Stimulus.Create(
                Origin.LIVE, Durability.COMMITTED, VsmmuProperties.ALL_AUTO, IdRegisters.DEFAULT))
        .join();
    function =
        new SmmuFunction(
            new SmmuFunction.Backend(session, DeviceDmaMapping.NONE),
            Optional.empty(),
            ExpansionRom.none(),
            new NoMemory(),
            new GatewayCounters());
    function.connected(0, 0);
    write(Register.EVENTQ_BASE, NOWHERE | RECORDS_LOG2);
    write(Register.CR0, ControlFields.EVENTQEN.mask());
  }

  @AfterEach
  void close() {
    session.close();
  }

  private void write(Register register, long value) {
    function.writeRegister(register.offset(), register.widthBits() / Byte.SIZE, value);
    function.work();
  }

  @Test
  void work_on_another_thread_is_waited_for() {
    // given: a record that cannot be written, which another thread reports to the vSMMU
    EventRecord fault = EventRecord.of(EventType.F_TRANSLATION, 1);
    session.post(new Stimulus.ReportFaults(List.of(fault), 0)).join();
    // when
    function.finishWork();
    finished.set(true);
    // then
    assertThat(function.readRegister(Register.GERROR.offset(), Integer.BYTES))
        .isEqualTo(GlobalError.EVENTQ_ABT_ERR.bit().mask());
  }

  /** A log that takes the report of an abort only once the asker waits for it, or did not. */
  private final class Log implements DecisionLog {

    private VsmmuState state = VsmmuState.ABSENT;

    @Override
    public Submission submit(String vsmmu, List<Stimulus> stimuli, String subject) {
      if (stimuli.getLast() instanceof Stimulus.ReportAbort && Thread.currentThread() != asker) {
        while (asker.getState() != Thread.State.WAITING && !finished.get()) {
          Thread.onSpinWait();
        }
      }
      Submission submission = DecisionLoop.decideUntilHost(state, stimuli);
      state = submission.last().after();
      return submission;
    }
  }

  /** A VMM that shares no memory, and takes no message for any. */
  private static final class NoMemory implements VmmLink {

    @Override
    public DmaChannel dma() {
      return DmaChannel.NONE;
    }

    @Override
    public void raiseInterrupt() {
      // This VMM ignores interrupts.
    }

    @Override
    public boolean peerGone() {
      return false;
    }
  }
}
