package io.vsmmu.simulation;

import io.vsmmu.journal.JournalBoundary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * One action of the guest, its VMM, an operator, the host, the storage or the machine. What is
 * impossible at its turn is skipped, so that a program without some of its steps is a program.
 */
sealed interface Step {

  /** One line from which {@link #parse} makes the same step. */
  String text();

  /** The guest writes to the register frame. */
  record Write(int offset, int width, long value) implements Step {
    @Override
    public String text() {
      return "write 0x%x %d 0x%x".formatted(offset, width, value);
    }
  }

  /** The guest writes 8-byte words to its memory. */
  record Store(long address, List<Long> words) implements Step {
    @Override
    public String text() {
      StringBuilder text = new StringBuilder("store 0x%x".formatted(address));
      words.forEach(word -> text.append(" 0x%x".formatted(word)));
      return text.toString();
    }
  }

  /**
   * The guest writes commands, two words each, into its queue from CMDQ_PROD on, then the index.
   */
  record Commands(List<Long> words) implements Step {
    @Override
    public String text() {
      StringBuilder text = new StringBuilder("commands");
      words.forEach(word -> text.append(" 0x%x".formatted(word)));
      return text.toString();
    }
  }

  /** A step without operands. */
  enum Simple implements Step {
    /** GERRORN takes the value of GERROR. */
    ACKNOWLEDGE,
    /** EVENTQ_CONS takes the value of EVENTQ_PROD. */
    DRAIN_EVENTS,
    /** PRIQ_CONS takes the value of PRIQ_PROD. */
    DRAIN_PAGE_REQUESTS,
    /** The VMM resets its machine. */
    RESET,
    /** The VMM closes its connection. */
    DISCONNECT,
    /** A VMM connects and shares the guest's memory. */
    CONNECT,
    PAUSE,
    RESUME,
    /** An operator resets the vSMMU. */
    OPERATOR_RESET,
    /** The service ends in good order and starts again. */
    RESTART,
    /** The service's process ends by SIGKILL and starts again. */
    KILL,
    /** The machine loses power: of what was not synced some pages are lost. */
    POWER_LOSS,
    /** The next append to the journal fails, and with it the service, which starts again. */
    APPEND_FAILS,
    /** The next fdatasync of the journal fails, and with it the service, which starts again. */
    SYNC_FAILS,
    /** The database does not answer any more. */
    DATABASE_AWAY,
    /** The database answers again. */
    DATABASE_BACK;

    @Override
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** An operator attaches the device with this index. */
  record Attach(int device) implements Step {
    @Override
    public String text() {
      return "attach " + device;
    }
  }

  /** An operator detaches the device with this index. */
  record Detach(int device) implements Step {
    @Override
    public String text() {
      return "detach " + device;
    }
  }

  /**
   * The host reports an event of a device.
   *
   * @param type the number of the event
   * @param address the input address
   */
  record Fault(int device, int type, long address) implements Step {
    @Override
    public String text() {
      return "fault %d 0x%x 0x%x".formatted(device, type, address);
    }
  }

  /** The host's event queue overflowed: it lost a number of events. */
  record LostEvents(int count) implements Step {
    @Override
    public String text() {
      return "lost-events " + count;
    }
  }

  /** The host reports page requests of a device. */
  record PageRequests(int device, int count) implements Step {
    @Override
    public String text() {
      return "page-requests %d %d".formatted(device, count);
    }
  }

  /** Which calls of the host fail from here on, as the simulated host's fault plans are written. */
  record HostFails(String plan) implements Step {
    @Override
    public String text() {
      return "host-fails " + plan;
    }
  }

  /** The process ends by SIGKILL when the boundary is reached the next time. */
  record KillAt(Boundary boundary) implements Step {
    @Override
    public String text() {
      return "kill-at " + boundary.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** The machine loses power when the boundary is reached the next time. */
  record PowerLossAt(Boundary boundary) implements Step {
    @Override
    public String text() {
      return "power-loss-at " + boundary.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * The log takes nothing.
   *
   * @param times how often the next submission fails
   */
  record LogBusy(int times) implements Step {
    @Override
    public String text() {
      return "log-busy " + times;
    }
  }

  /** Where a process may end. */
  enum Boundary {
    /** {@link JournalBoundary#APPENDING}. */
    APPENDING,
    /** {@link JournalBoundary#APPENDED}. */
    APPENDED,
    /** {@link JournalBoundary#SYNCING}. */
    SYNCING,
    /** {@link JournalBoundary#SYNCED}. */
    SYNCED,
    /** {@link JournalBoundary#SHIPPING}; never where there is no database. */
    SHIPPING,
    /** {@link JournalBoundary#SHIPPED}; never where there is no database. */
    SHIPPED,
    /** A decision is about to be applied to the host. */
    APPLYING,
    /** The host has done what a decision asks for, and the outcome is not known yet. */
    APPLIED
  }

  /** The step of a line that {@link #text} gave. */
  static Step parse(String line) {
    List<String> words = Arrays.asList(line.strip().split("\\s+", -1));
    List<String> operands = words.subList(1, words.size());
    return switch (words.getFirst()) {
      case "write" ->
          new Write((int) hex(operands.get(0)), number(operands.get(1)), hex(operands.get(2)));
      case "store" -> new Store(hex(operands.get(0)), hex(operands.subList(1, operands.size())));
      case "commands" -> new Commands(hex(operands));
      case "attach" -> new Attach(number(operands.get(0)));
      case "detach" -> new Detach(number(operands.get(0)));
      case "fault" ->
          new Fault(number(operands.get(0)), (int) hex(operands.get(1)), hex(operands.get(2)));
      case "lost-events" -> new LostEvents(number(operands.get(0)));
      case "page-requests" -> new PageRequests(number(operands.get(0)), number(operands.get(1)));
      case "host-fails" -> new HostFails(operands.get(0));
      case "kill-at" -> new KillAt(boundary(operands.get(0)));
      case "power-loss-at" -> new PowerLossAt(boundary(operands.get(0)));
      case "log-busy" -> new LogBusy(number(operands.get(0)));
      default -> Simple.valueOf(words.getFirst().toUpperCase(Locale.ROOT).replace('-', '_'));
    };
  }

  private static Boundary boundary(String name) {
    return Boundary.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  private static List<Long> hex(List<String> words) {
    List<Long> values = new ArrayList<>();
    words.forEach(word -> values.add(hex(word)));
    return List.copyOf(values);
  }

  private static long hex(String word) {
    return HexFormat.fromHexDigitsToLong(word.startsWith("0x") ? word.substring(2) : word);
  }

  private static int number(String word) {
    return Integer.parseInt(word);
  }
}
