package io.vsmmu.smmu.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandFields;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.IdRegisters;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SliceRulesTest {

  private static final int SLICES = 400;
  private static final int ENTRIES = 64;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void each_command_of_a_slice_has_the_result_that_it_has_alone(long seed) {
    Random random = new Random(seed);
    for (int slice = 0; slice < SLICES; slice++) {
      // given
      IdRegisters ids =
          IdRegisters.DEFAULT
              .with(IdField.RIL, random.nextInt(2))
              .with(IdField.S1P, random.nextInt(2))
              .with(IdField.HYP, random.nextInt(2));
      CommandFacts facts = new CommandFacts(ids, random.nextBoolean());
      SliceRules rules = new SliceRules(facts);
      for (CommandEntry entry : entries(random)) {
        // when
        CommandRules.Result result = rules.apply(entry);
        // then
        assertThat(result)
            .as("seed %d, slice %d: %s %s", seed, slice, entry.name(), entry)
            .isEqualTo(CommandRules.apply(facts, entry));
      }
    }
  }

  /** Commands of which most differ from the one before in some bits of their address, or in one. */
  private static List<CommandEntry> entries(Random random) {
    CommandOpcode[] opcodes = CommandOpcode.values();
    List<CommandEntry> entries = new ArrayList<>();
    CommandEntry entry = new CommandEntry(0, 0);
    while (entries.size() < ENTRIES) {
      entry =
          switch (random.nextInt(8)) {
            case 0 -> any(random, opcodes[random.nextInt(opcodes.length)].code());
            case 1 -> any(random, CommandOpcode.TLBI_NH_VA.code());
            case 2 -> new CommandEntry(entry.word0(), entry.word1() ^ 1L << random.nextInt(64));
            case 3 -> new CommandEntry(entry.word0() ^ 1L << random.nextInt(64), entry.word1());
            default ->
                new CommandEntry(
                    entry.word0(),
                    CommandFields.ADDRESS1.set(entry.word1(), random.nextLong() >>> 12));
          };
      entries.add(entry);
    }
    return entries;
  }

  private static CommandEntry any(Random random, int code) {
    long sparse = random.nextLong() & random.nextLong() & random.nextLong();
    return new CommandEntry(
        CommandFields.OPCODE.set(sparse, code),
        random.nextLong() & random.nextLong() & random.nextLong());
  }
}
