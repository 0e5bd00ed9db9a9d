package io.vsmmu.bench;

import io.vsmmu.bench.Bench.Ratio;
import io.vsmmu.control.recording.RecordingResult;
import io.vsmmu.control.recording.RecordingService;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.smmu.model.Vsmmu.Fold;
import io.vsmmu.smmu.wire.EventCodec;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** P3 and P4: the import and the replay of a long recording, relative to COPY of the same rows. */
final class Ingest {

  private static final int DOORBELLS = 150_000;

  /**
   * Repetitions of an import, of which the fastest counts: until the sixth or so, the compiler of
   * the JVM works beside it.
   */
  private static final int IMPORTS = 10;

  private static final int ROUNDS = 3;
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  private final EventDatabase database;
  private final DataSource dataSource;
  private final Path directory;

  Ingest(EventDatabase database, DataSource dataSource, Path directory) {
    this.database = database;
    this.dataSource = dataSource;
    this.directory = directory;
  }

  List<Ratio> measure() throws Exception {
    Path trace = directory.resolve("long.trace.log");
    writeTrace(trace);
    RecordingService recordings =
        new RecordingService(
            database, directory.resolve("uploads"), Long.MAX_VALUE, Clock.systemUTC());
    double importSeconds = Double.MAX_VALUE;
    int id = 0;
    long events = 0;
    for (int round = 0; round < IMPORTS; round++) {
      CpuTimes before = CpuTimes.now();
      long start = System.nanoTime();
      try (InputStream in = new BufferedInputStream(Files.newInputStream(trace))) {
        RecordingResult.Imported imported =
            (RecordingResult.Imported)
                recordings.importFrom(in, RecordingService.Format.QEMU_TRACE, "long");
        id = imported.vsmmus().getFirst().vsmmu().id();
        events = imported.vsmmus().getFirst().events();
      }
      importSeconds = Math.min(importSeconds, seconds(start));
      printProfile("import", seconds(start), CpuTimes.now().microsSince(before), events);
    }
    Path rows = directory.resolve("rows.copy");
    double copyOut = copyOut(id, rows);
    double copyIn = copyIn(rows);
    double bytes = Files.size(rows);
    double fold = fold(id);
    return List.of(
        new Ratio(
            "P3",
            "ingest of a %d MB recording, MB/s of rows : COPY BINARY in"
                .formatted(Files.size(trace) >> 20),
            bytes / importSeconds / 1e6,
            bytes / copyIn / 1e6,
            new Goal.AtLeast(0.7)),
        new Ratio(
            "P4",
            "replay (decode + evolve), events/s : COPY BINARY out",
            events / fold,
            events / copyOut,
            new Goal.AtLeast(1.5)));
  }

  private double fold(int id) {
    double best = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      Fold fold = new Fold();
      long start = System.nanoTime();
      database
          .log()
          .read(
              id,
              0,
              Long.MAX_VALUE,
              event -> fold.accept(EventCodec.decode(event.type(), event.payload())));
      best = Math.min(best, seconds(start));
    }
    return best;
  }

  private double copyOut(int id, Path rows) throws SQLException, IOException {
    double best = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      try (Connection connection = dataSource.getConnection();
          OutputStream out = Files.newOutputStream(rows)) {
        long start = System.nanoTime();
        copies(connection)
            .copyOut(
                "COPY (SELECT * FROM event WHERE vsmmu = %d ORDER BY sequence) TO STDOUT (FORMAT binary)"
                    .formatted(id),
                out);
        best = Math.min(best, seconds(start));
      }
    }
    return best;
  }

  private double copyIn(Path rows) throws SQLException, IOException {
    double best = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      try (Connection connection = dataSource.getConnection();
          Statement statement = connection.createStatement();
          InputStream in = Files.newInputStream(rows)) {
        statement.execute("DROP TABLE IF EXISTS raw_copy");
        statement.execute("CREATE TABLE raw_copy (LIKE event INCLUDING ALL)");
        CpuTimes before = CpuTimes.now();
        long start = System.nanoTime();
        long events =
            copies(connection).copyIn("COPY raw_copy FROM STDIN (FORMAT binary)", in, 1 << 16);
        best = Math.min(best, seconds(start));
        printProfile("COPY", seconds(start), CpuTimes.now().microsSince(before), events);
      }
    }
    return best;
  }

  private static CopyManager copies(Connection connection) throws SQLException {
    return connection.unwrap(PGConnection.class).getCopyAPI();
  }

  /** Prints where the processor time of each row went, in microseconds. */
  private static void printProfile(
      String what, double elapsed, Map<String, Double> spent, long rows) {
    double total = spent.values().stream().mapToDouble(Double::doubleValue).sum();
    OUT.printf(
        Locale.ROOT,
        "%s: %.2f us for each row, %.2f us of processors:",
        what,
        elapsed * 1e6 / rows,
        total / rows);
    spent.entrySet().stream()
        .filter(it -> it.getValue() > total / 100)
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .forEach(it -> OUT.printf(Locale.ROOT, " %s %.2f;", it.getKey(), it.getValue() / rows));
    OUT.println();
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  /** The end of the bundled recording, repeated: TLBI_NH_VA and CMD_SYNC in each doorbell. */
  private static void writeTrace(Path file) throws IOException {
    try (Writer out = Files.newBufferedWriter(file)) {
      out.write("smmuv3_read_mmio addr: 0x0 val:0xd44101a size: 0x4(0)\n");
      out.write("smmuv3_read_mmio addr: 0x4 val:0x2730010 size: 0x4(0)\n");
      out.write("smmuv3_read_mmio addr: 0xc val:0x1404 size: 0x4(0)\n");
      out.write("smmuv3_read_mmio addr: 0x14 val:0x74 size: 0x4(0)\n");
      out.write("smmuv3_write_mmio addr: 0x90 val:0x4000000040800012 size: 0x8(0)\n");
      out.write("smmuv3_write_mmio addr: 0x20 val:0x8 size: 0x4(0)\n");
      int mask = (1 << 18) - 1;
      for (int i = 0; i < DOORBELLS; i++) {
        int from = 2 * i;
        int to = from + 2;
        String where =
            "prod=%d cons=%%d prod.wrap=%d cons.wrap=%%d%n"
                .formatted(to & mask, (to >> 18) & 1)
                .replace(System.lineSeparator(), "\n");
        out.write("smmuv3_cmdq_consume " + where.formatted(from & mask, (from >> 18) & 1));
        out.write("smmuv3_cmdq_opcode <--- SMMU_CMD_TLBI_NH_VA\n");
        out.write(
            "smmuv3_range_inval vmid=-1 asid=2 addr=0x%x000 tg=1 num_pages=0x1 ttl=3 leaf=1 stage=1%n"
                .formatted(0xffe00 + i % 512)
                .replace(System.lineSeparator(), "\n"));
        int second = from + 1;
        out.write("smmuv3_cmdq_consume " + where.formatted(second & mask, (second >> 18) & 1));
        out.write("smmuv3_cmdq_opcode <--- SMMU_CMD_SYNC\n");
        out.write(
            "smmuv3_cmdq_consume_out prod:%1$d, cons:%1$d, prod_wrap:%2$d, cons_wrap:%2$d \n"
                .formatted(to & mask, (to >> 18) & 1));
        out.write(
            "smmuv3_write_mmio addr: 0x98 val:0x%x size: 0x4(0)\n"
                .formatted(to & ((mask << 1) | 1)));
      }
    }
  }
}
