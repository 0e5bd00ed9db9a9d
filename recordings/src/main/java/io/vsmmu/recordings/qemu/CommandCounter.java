package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import java.util.Map;
import java.util.TreeMap;

/** Counts the commands of one vSMMU by name. */
final class CommandCounter {

  /** The name in reports of commands whose opcode is not in the trace. */
  static final String NOT_TOLD = "NOT_TOLD";

  /** The name in reports of commands whose opcode QEMU does not name. */
  static final String UNNAMED = "UNNAMED";

  private final long[] byOpcode = new long[CommandOpcode.values().length];
  private long all;
  private long cfgiAll;
  private long notTold;
  private long unnamed;

  void count(CommandAssembly command) {
    all++;
    CommandOpcode opcode = command.opcode();
    if (!command.opcodeSeen()) {
      notTold++;
    } else if (opcode == null) {
      unnamed++;
    } else if (opcode == CommandOpcode.CFGI_STE_RANGE
        && command.entry().name().equals("CFGI_ALL")) {
      cfgiAll++;
    } else {
      byOpcode[opcode.ordinal()]++;
    }
  }

  /** Adds the counts of {@code other}. */
  void add(CommandCounter other) {
    for (int i = 0; i < byOpcode.length; i++) {
      byOpcode[i] += other.byOpcode[i];
    }
    all += other.all;
    cfgiAll += other.cfgiAll;
    notTold += other.notTold;
    unnamed += other.unnamed;
  }

  long all() {
    return all;
  }

  /** Commands by {@link CommandEntry#name}; names without commands are absent. */
  Map<String, Long> byName() {
    Map<String, Long> names = new TreeMap<>();
    for (CommandOpcode opcode : CommandOpcode.values()) {
      put(names, new CommandEntry(opcode.code(), 0).name(), byOpcode[opcode.ordinal()]);
    }
    put(names, "CFGI_ALL", cfgiAll);
    put(names, NOT_TOLD, notTold);
    put(names, UNNAMED, unnamed);
    return names;
  }

  private static void put(Map<String, Long> names, String name, long count) {
    if (count > 0) {
      names.put(name, count);
    }
  }
}
