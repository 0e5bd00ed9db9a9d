package io.vsmmu.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.Register;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The comparison finds differences, and attributes none to a known difference that it is not: a
 * second vSMMU takes the place of QEMU.
 */
@Tag("slow")
class LockstepTest {

  private static final Program DRIVER = driver();

  private static Program driver() {
    List<Step> steps = new ArrayList<>();
    steps.add(Step.Write.of(Register.CMDQ_BASE, GuestMemoryMap.COMMANDS | 4));
    steps.add(Step.Write.of(Register.EVENTQ_BASE, GuestMemoryMap.EVENTS | 4));
    steps.add(Step.Write.of(Register.STRTAB_BASE, GuestMemoryMap.STREAM_TABLE));
    steps.add(Step.Write.of(Register.STRTAB_BASE_CFG, 8));
    steps.add(Step.Write.of(Register.IRQ_CTRL, 5));
    steps.add(Step.Write.of(Register.CR0, 13));
    steps.add(
        new Step.Store(
            GuestMemoryMap.STREAM_TABLE + 0x10 * 64L,
            Structures.words(Structures.ste(Structures.STE_CONFIG_BYPASS, 0))));
    steps.add(new Step.Commands(List.of(CommandEntries.cfgiSte(0x10), CommandEntries.sync())));
    steps.add(new Step.Dma(0x10));
    return Program.of(steps);
  }

  private static ProgramResult run(Program program, Oracle oracle) {
    try (oracle;
        GatewayMachine vsmmu = new GatewayMachine()) {
      return Lockstep.run(program, vsmmu, oracle);
    }
  }

  @Test
  void two_of_ours_never_differ() {
    for (long seed = 0; seed < 30; seed++) {
      ProgramResult verdict = run(ProgramGenerator.generate(seed), new ReplicaMachine());

      assertThat(verdict.unexplained()).as("seed %d", seed).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Register.class)
  void a_bit_that_reads_otherwise_is_unexplained_whatever_the_register(Register register) {
    long bit = register == Register.IDR0 ? IdField.S1P.bits().mask() : 1;
    Oracle flipped =
        new ReplicaMachine() {
          @Override
          public long read(int offset, int width) {
            return super.read(offset, width) ^ (offset == register.offset() ? bit : 0);
          }
        };

    boolean peripheral = register.name().startsWith("PIDR");
    assertThat(run(DRIVER, flipped).unexplained().isEmpty()).isEqualTo(peripheral);
  }

  @Test
  void a_command_that_is_not_consumed_is_unexplained() {
    List<Step> steps = new ArrayList<>(DRIVER.steps());
    steps.add(new Step.Commands(List.of(CommandEntries.of(CommandOpcode.TLBI_NH_ALL))));
    Oracle deaf =
        new ReplicaMachine() {
          private int doorbells;

          @Override
          public void write(int offset, int width, long value) {
            boolean doorbell = offset == Register.CMDQ_PROD.offset();
            doorbells += doorbell ? 1 : 0;
            if (!doorbell || doorbells == 1) {
              super.write(offset, width, value);
            }
          }
        };

    assertThat(run(Program.of(steps), deaf).unexplained()).isPresent();
  }

  @Test
  void a_transaction_that_goes_elsewhere_is_unexplained() {
    Oracle leaking =
        new ReplicaMachine() {
          @Override
          Disposition disposition(int streamId) {
            return new Disposition(StreamBehaviour.ABORT, 0);
          }
        };

    assertThat(run(DRIVER, leaking).unexplained())
        .hasValueSatisfying(it -> assertThat(it.what()).isEqualTo("a transaction"));
  }

  @Test
  void memory_that_only_one_of_them_wrote_is_unexplained() {
    Oracle scribbling =
        new ReplicaMachine() {
          @Override
          public void dma(int streamId) {
            super.dma(streamId);
            ram().writeLong(GuestMemoryMap.EVENTS + 0x100, 1);
          }
        };

    assertThat(run(DRIVER, scribbling).unexplained())
        .hasValueSatisfying(it -> assertThat(it.what()).startsWith("memory at"));
  }

  @Test
  void an_interrupt_that_only_one_of_them_raised_is_unexplained() {
    Oracle ringing =
        new ReplicaMachine() {
          @Override
          public boolean interrupted() {
            super.interrupted();
            return true;
          }
        };

    assertThat(run(DRIVER, ringing).unexplained())
        .hasValueSatisfying(it -> assertThat(it.what()).startsWith("an interrupt"));
  }

  @Test
  void res0_bits_are_explained_only_as_they_were_written() {
    Program program = Program.of(List.of(Step.Write.of(Register.CR2, 0x30)));

    assertThat(run(program, reading(Register.CR2, 0x30)).known())
        .containsKey(KnownDifference.RES0_READ_BACK);
    assertThat(run(program, reading(Register.CR2, 0x70)).unexplained()).isPresent();
  }

  private static Oracle reading(Register register, long bits) {
    return new ReplicaMachine() {
      private boolean written;

      @Override
      public void write(int offset, int width, long value) {
        written |= offset == register.offset();
        super.write(offset, width, value);
      }

      @Override
      public long read(int offset, int width) {
        long value = super.read(offset, width);
        return offset == register.offset() && written ? value | bits : value;
      }
    };
  }
}
