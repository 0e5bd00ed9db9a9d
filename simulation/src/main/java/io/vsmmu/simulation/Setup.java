package io.vsmmu.simulation;

import io.vsmmu.smmu.stimulus.Durability;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The vSMMU that a program runs on.
 *
 * @param seed chooses what a step leaves open: which pages of the journal a loss of power takes
 * @param storage where the log is kept
 * @param readFaults whether a thread reads the devices' faults from the host's queue, as the
 *     service has it; else the program reports them itself
 */
record Setup(
    long seed,
    Storage.Kind storage,
    Durability durability,
    boolean msi,
    boolean ats,
    boolean pri,
    int ssidBits,
    boolean readFaults) {

  /** One line of text, from which {@link #parse} makes the same. */
  String text() {
    return "vsmmu seed=%d storage=%s durability=%s msi=%s ats=%s pri=%s ssid=%d faults=%s"
        .formatted(
            seed,
            storage.name().toLowerCase(Locale.ROOT),
            durability.name().toLowerCase(Locale.ROOT),
            onOff(msi),
            onOff(ats),
            onOff(pri),
            ssidBits,
            readFaults ? "read" : "reported");
  }

  private static String onOff(boolean value) {
    return value ? "on" : "off";
  }

  /** The setup of a line that {@link #text} gave. */
  static Setup parse(String line) {
    Map<String, String> values = new HashMap<>();
    for (String word : line.strip().split(" ", -1)) {
      String[] pair = word.split("=", -1);
      if (pair.length == 2) {
        values.put(pair[0], pair[1]);
      }
    }
    return new Setup(
        Long.parseLong(value(values, "seed")),
        Storage.Kind.valueOf(value(values, "storage").toUpperCase(Locale.ROOT)),
        Durability.valueOf(value(values, "durability").toUpperCase(Locale.ROOT)),
        value(values, "msi").equals("on"),
        value(values, "ats").equals("on"),
        value(values, "pri").equals("on"),
        Integer.parseInt(value(values, "ssid")),
        value(values, "faults").equals("read"));
  }

  private static String value(Map<String, String> values, String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the line of the vSMMU has no '" + name + "='");
    }
    return value;
  }
}
