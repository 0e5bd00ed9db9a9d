package io.vsmmu.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.spec.CommandOpcode;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ProgramGeneratorTest {

  private static List<Program> programs(int count) {
    return LongStream.range(0, count).mapToObj(ProgramGenerator::generate).toList();
  }

  @Test
  void a_seed_gives_the_same_program_each_time_and_another_seed_another() {
    assertThat(ProgramGenerator.generate(7).lines())
        .isEqualTo(ProgramGenerator.generate(7).lines());
    assertThat(ProgramGenerator.generate(7).lines())
        .isNotEqualTo(ProgramGenerator.generate(8).lines());
  }

  @Test
  void every_kind_of_step_and_every_opcode_comes_about() {
    Set<Class<?>> kinds = new HashSet<>();
    Set<CommandOpcode> opcodes = EnumSet.noneOf(CommandOpcode.class);
    for (Program program : programs(300)) {
      for (Step step : program.steps()) {
        kinds.add(step.getClass());
        if (step instanceof Step.Commands commands) {
          commands.entries().forEach(entry -> entry.command().ifPresent(opcodes::add));
        }
      }
    }
    assertThat(kinds).containsExactlyInAnyOrder(Step.class.getPermittedSubclasses());
    assertThat(opcodes).containsExactlyInAnyOrder(CommandOpcode.values());
  }

  @Test
  void stores_stay_within_the_arena() {
    assertThat(programs(300))
        .flatExtracting(Program::steps)
        .filteredOn(Step.Store.class::isInstance)
        .allSatisfy(
            step -> {
              Step.Store store = (Step.Store) step;
              assertThat(store.address()).isGreaterThanOrEqualTo(GuestMemoryMap.ARENA);
              assertThat(store.address() + store.bytes().length)
                  .isLessThanOrEqualTo(GuestMemoryMap.ARENA + GuestMemoryMap.ARENA_BYTES);
            });
  }
}
