package io.vsmmu.bench;

import io.vsmmu.bench.Bench.Ratio;
import io.vsmmu.recordings.log.LogFileReader;
import io.vsmmu.recordings.log.LogRecord;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.wire.EventCodec;
import io.vsmmu.smmu.wire.WireWriter;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * CODE: nanoseconds to write and to read an event, for each type, relative to SHA-256 of the same
 * payload, which the log computes for every event. The events are those of the bundled log and a
 * doorbell of {@link Guest#ENTRIES} invalidations.
 */
final class Codecs {

  private static final String LOG = "/samples/lab-qemu-11.1-linux-7.3-e1000e.vsmmulog";
  private static final int CALLS = 200_000;
  private static final int WARM_UP_ROUNDS = 5;
  private static final int ROUNDS = 15;

  private final MessageDigest sha256;
  private final WireWriter writer = new WireWriter();

  /** Depends on every result, so that the compiler cannot remove the measured work. */
  private long checksum;

  Codecs() throws NoSuchAlgorithmException {
    sha256 = MessageDigest.getInstance("SHA-256");
  }

  /** Events of one type with their payloads. */
  private record Sample(int type, List<VsmmuEvent> events, List<byte[]> payloads) {

    Sample(int type) {
      this(type, new ArrayList<>(), new ArrayList<>());
    }

    void add(VsmmuEvent event) {
      events.add(event);
      payloads.add(EventCodec.encode(event));
    }
  }

  List<Ratio> measure() throws IOException {
    Map<String, Sample> samples = samples();
    // All types first: a log has events of many types, so the call sites of a codec are
    // megamorphic.
    for (int round = 0; round < WARM_UP_ROUNDS; round++) {
      for (Sample sample : samples.values()) {
        encode(sample);
        decode(sample);
        hash(sample);
      }
    }
    List<Ratio> ratios = new ArrayList<>();
    samples.forEach((name, sample) -> ratios.addAll(measure(name, sample)));
    if (checksum == 0) {
      throw new IllegalStateException("nothing was measured");
    }
    return ratios;
  }

  private List<Ratio> measure(String name, Sample sample) {
    double[] encode = new double[ROUNDS];
    double[] decode = new double[ROUNDS];
    double[] hash = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      encode[round] = encode(sample);
      decode[round] = decode(sample);
      hash[round] = hash(sample);
    }
    double reference = median(hash);
    return List.of(
        new Ratio(
            "CODE", "ns to write " + name + " : SHA-256", median(encode), reference, Goal.NONE),
        new Ratio(
            "CODE", "ns to read " + name + " : SHA-256", median(decode), reference, Goal.NONE));
  }

  private double encode(Sample sample) {
    List<VsmmuEvent> events = sample.events();
    long start = System.nanoTime();
    for (int i = 0; i < CALLS; i++) {
      writer.reset();
      EventCodec.encode(events.get(i % events.size()), writer);
      checksum += writer.size();
    }
    return (System.nanoTime() - start) / (double) CALLS;
  }

  private double decode(Sample sample) {
    List<byte[]> payloads = sample.payloads();
    long start = System.nanoTime();
    for (int i = 0; i < CALLS; i++) {
      VsmmuEvent event = EventCodec.decode(sample.type(), payloads.get(i % payloads.size()));
      checksum += System.identityHashCode(event.getClass());
    }
    return (System.nanoTime() - start) / (double) CALLS;
  }

  private double hash(Sample sample) {
    List<byte[]> payloads = sample.payloads();
    long start = System.nanoTime();
    for (int i = 0; i < CALLS; i++) {
      checksum += sha256.digest(payloads.get(i % payloads.size()))[0];
    }
    return (System.nanoTime() - start) / (double) CALLS;
  }

  private static double median(double[] nanos) {
    double[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static Map<String, Sample> samples() throws IOException {
    Map<String, Sample> samples = new LinkedHashMap<>();
    Sample doorbell = new Sample(EventCodec.typeOf(doorbell()));
    doorbell.add(doorbell());
    samples.put("CommandsConsumed of %d entries".formatted(Guest.ENTRIES), doorbell);
    try (InputStream in = new BufferedInputStream(Codecs.class.getResourceAsStream(LOG))) {
      LogFileReader reader = new LogFileReader(in);
      while (reader.next() instanceof LogRecord record) {
        samples
            .computeIfAbsent(EventCodec.nameOf(record.type()), _ -> new Sample(record.type()))
            .add(EventCodec.decode(record.type(), record.payload()));
      }
    }
    return samples;
  }

  /** TLBI_NH_VA for consecutive pages, all of which the host executes, and CMD_SYNC. */
  private static CommandsConsumed doorbell() {
    int from = 0x1200;
    int to = from + Guest.ENTRIES;
    List<CommandEntry> entries =
        IntStream.range(0, Guest.ENTRIES)
            .mapToObj(
                i ->
                    i == Guest.ENTRIES - 1
                        ? new CommandEntry(0x46, 0)
                        : new CommandEntry(0x0002_0000_0000_0012L, 0xffe0_0001L + ((long) i << 12)))
            .toList();
    BitSet forwarded = new BitSet();
    forwarded.set(0, Guest.ENTRIES - 1);
    return new CommandsConsumed(
        to,
        from,
        entries,
        List.of(),
        List.of(),
        false,
        Guest.ENTRIES,
        forwarded,
        true,
        to,
        from,
        Optional.empty());
  }
}
