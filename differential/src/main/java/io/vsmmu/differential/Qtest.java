package io.vsmmu.differential;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * QEMU's qtest protocol (system/qtest.c): each request is a line, and each answer a line that
 * begins with {@code OK}. Lines about interrupts can precede an answer.
 */
final class Qtest {

  private static final Pattern RAISED = Pattern.compile("IRQ raise \\d+");

  /** The output of GLib for a failed assertion. */
  private static final String FAILED_ASSERTION = "Bail out!";

  private final BufferedReader from;
  private final BufferedWriter to;
  private boolean interrupted;
  private boolean ended;

  Qtest(BufferedReader from, BufferedWriter to) {
    this.from = from;
    this.to = to;
  }

  /** Reads memory or registers of the machine; {@code width} is 1, 2, 4 or 8. */
  long read(long address, int width) {
    String answer = ask("read%s 0x%x".formatted(letter(width), address));
    return Long.parseUnsignedLong(answer.substring(2), 16);
  }

  /** Writes memory or registers of the machine. */
  void write(long address, int width, long value) {
    ask("write%s 0x%x 0x%x".formatted(letter(width), address, value));
  }

  void step(long nanoseconds) {
    ask("clock_step %d".formatted(nanoseconds));
  }

  /** Makes QEMU report the interrupts that a device raises from now on. */
  void intercept(String device) {
    ask("irq_intercept_out %s sysbus-irq".formatted(device));
  }

  /** Whether an interrupt was raised since the last call. */
  boolean interrupted() {
    boolean was = interrupted;
    interrupted = false;
    return was;
  }

  boolean ended() {
    return ended;
  }

  private static String letter(int width) {
    return switch (width) {
      case 1 -> "b";
      case 2 -> "w";
      case 4 -> "l";
      case 8 -> "q";
      default -> throw new IllegalArgumentException("width: " + width);
    };
  }

  /** Reads 32-bit words; all requests are sent before the first answer is read. */
  List<Long> readWords(List<Long> addresses) {
    StringBuilder requests = new StringBuilder();
    for (long address : addresses) {
      requests.append("readl 0x%x\n".formatted(address));
    }
    send(requests.toString());
    List<Long> values = new ArrayList<>();
    for (long address : addresses) {
      values.add(Long.parseUnsignedLong(answer("readl 0x%x".formatted(address)).substring(2), 16));
    }
    return values;
  }

  private String ask(String request) {
    send(request + "\n");
    return answer(request);
  }

  private void send(String requests) {
    try {
      to.write(requests);
      to.flush();
    } catch (IOException gone) {
      throw end(requests, gone);
    }
  }

  private String answer(String request) {
    try {
      while (true) {
        String line = from.readLine();
        if (line == null || line.startsWith(FAILED_ASSERTION)) {
          throw end(request, null);
        }
        Matcher raised = RAISED.matcher(line);
        if (raised.matches()) {
          interrupted = true;
        } else if (line.startsWith("OK")) {
          return line.substring(2).strip();
        } else if (!line.startsWith("IRQ ")) {
          throw new IllegalStateException("qtest answers '%s' to: %s".formatted(line, request));
        }
      }
    } catch (IOException gone) {
      throw end(request, gone);
    }
  }

  private QemuEndedException end(String request, @Nullable IOException cause) {
    ended = true;
    return new QemuEndedException("QEMU ended at: " + request.strip(), cause);
  }
}
