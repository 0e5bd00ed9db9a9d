package io.vsmmu.debugger.expression;

import java.util.List;
import java.util.Random;

/** Random conditions that hold at some events of a random log. */
public final class RandomExpression {

  private static final List<String> CONDITIONS =
      List.of(
          "streams[0x900].configuration == \"TRANSLATE\"",
          "streams[0x900].effective != streams[0x901].effective",
          "streams[5].fault != null",
          "any(streams, effective == \"BYPASS\" and sid != 5)",
          "all(streams, hwpt == null or device contains \"0000\")",
          "count(streams, configuration == \"TRANSLATE\") %s N",
          "count(devices) %s 1",
          "devices[0x900] != null",
          "registers.CR0.SMMUEN == 1",
          "registers.CMDQ_PROD & 3 %s N",
          "registers.EVENTQ_PROD.WR > registers.EVENTQ_CONS.RD + N",
          "commandQueue.stopped",
          "commandQueue.awaitsHost",
          "eventQueue.overflow",
          "vmm.connected",
          "health.status != \"OK\"",
          "health.reasons contains \"EBUSY\"",
          "memory[0x10000000].size == 0x1000",
          "lifecycle == \"PAUSED\"",
          "boots %s N",
          "commands.CMD_SYNC %s NNN",
          "commands.CFGI_STE %s NNN",
          "sequence %s NNNN",
          "health.failures %s N",
          "vmm.connections %s N",
          "streams[0x900].since %s NNNN",
          "any(hwpts, ste == 0x10000000b)",
          "true",
          "false");

  private static final List<String> OCCURRENCES =
      List.of(
          "event.type == \"StreamConfigured\"",
          "event.type in [\"FaultsReported\", \"VmmConnected\"]",
          "event.asid == N",
          "event.command == \"CFGI_STE\"",
          "event.sid == 0x900",
          "event.sequence % 7 == N",
          "event.cause != null",
          "event.va in 0xffff00000000..0xffff00004fff",
          "any(event.commands, name contains \"TLBI\" and fields.ASID > N)",
          "any(event.records, fields.InputAddr == 0xffff00003000)",
          "any(event.commands, any(streams, sid == fields.StreamID and fault == null))",
          "event.register == \"CR0\"",
          "changed(streams[0x900])",
          "changed(streams[0x901].configuration)",
          "changed(registers.CR0 & 1)",
          "changed(health)",
          "changed(devices)",
          "any(streams, changed(effective))",
          "count(streams, changed(hwpt)) > 0");

  private static final List<String> COMPARATORS = List.of("==", "!=", "<", "<=", ">", ">=");

  private RandomExpression() {}

  /** The text of a condition. */
  public static String of(Random random) {
    return condition(random, 1 + random.nextInt(3));
  }

  private static String condition(Random random, int depth) {
    return switch (random.nextInt(depth <= 0 ? 4 : 8)) {
      case 0 -> atom(random, OCCURRENCES);
      case 1, 2, 3 -> atom(random, CONDITIONS);
      case 4 -> "not (%s)".formatted(condition(random, depth - 1));
      case 5 -> "(%s) or %s".formatted(condition(random, depth - 1), condition(random, depth - 1));
      default ->
          "(%s) and (%s)".formatted(condition(random, depth - 1), condition(random, depth - 1));
    };
  }

  private static String atom(Random random, List<String> atoms) {
    String atom = atoms.get(random.nextInt(atoms.size()));
    return atom.replace("%s", COMPARATORS.get(random.nextInt(COMPARATORS.size())))
        .replace("NNNN", String.valueOf(random.nextInt(3000)))
        .replace("NNN", String.valueOf(random.nextInt(900)))
        .replace("N)", random.nextInt(4) + ")")
        .replaceAll("N$", String.valueOf(random.nextInt(4)))
        .replaceAll(" N\\b", " " + random.nextInt(4));
  }
}
