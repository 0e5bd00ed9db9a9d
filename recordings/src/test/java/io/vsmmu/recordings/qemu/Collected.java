package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.stimulus.Stimulus;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A sink that keeps everything that an import hands to it. */
final class Collected implements RecordingSink {

  record Item(int vsmmu, Stimulus stimulus, long line, @Nullable Instant time) {}

  final List<Item> items = new ArrayList<>();

  @Override
  public void accept(int vsmmu, Stimulus stimulus, long line, @Nullable Instant time) {
    items.add(new Item(vsmmu, stimulus, line, time));
  }

  List<Stimulus> of(int vsmmu) {
    return items.stream().filter(i -> i.vsmmu() == vsmmu).map(Item::stimulus).toList();
  }

  <T extends Stimulus> Stream<T> of(int vsmmu, Class<T> type) {
    return of(vsmmu).stream().filter(type::isInstance).map(type::cast);
  }

  ImportReport read(String text) {
    return read(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  ImportReport read(byte[] bytes) {
    return switch (result(bytes)) {
      case ImportResult.Imported(ImportReport report) -> report;
      case ImportResult.Refused refused -> throw new AssertionError(refused);
    };
  }

  ImportResult result(byte[] bytes) {
    try {
      return QemuTraceImporter.read(new ByteArrayInputStream(bytes), this);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String recording(String name) {
    try (InputStream in = Collected.class.getResourceAsStream("/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String accel() {
    return recording("accel-e1000e.trace.log");
  }

  static String emulated() {
    return recording("emulated-boot.trace.log");
  }
}
