package io.vsmmu.db;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.db.log.AppendDurability;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.testing.TestPostgres;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class StorageSizeTest {

  private static final int ENTRIES = 64;
  private static final int ENTRY_BYTES = 16;
  private static final int OUTCOME_BYTES = 24;
  private static final int VSMMUS = 16;
  private static final int DOORBELLS = 1000;
  private static final double BYTES_PER_ENTRY = 32;

  /**
   * A doorbell leads to an event with 64 commands and to a second, small event with the outcome.
   */
  @Test
  void a_command_entry_takes_at_most_32_bytes_with_all_indexes() throws Exception {
    String url = TestPostgres.newDatabase();
    Random random = new Random(1);
    try (EventDatabase database = TestLog.open(url)) {
      List<RegisteredVsmmu> vsmmus = new ArrayList<>();
      for (int i = 0; i < VSMMUS; i++) {
        vsmmus.add(ConcurrentLogTest.register(database));
      }
      for (int i = 0; i < DOORBELLS; i++) {
        for (RegisteredVsmmu vsmmu : vsmmus) {
          long sequence = 2L * i;
          byte[] entries = new byte[ENTRIES * ENTRY_BYTES];
          random.nextBytes(entries);
          NewEvent doorbell = new NewEvent(sequence, TestLog.ORIGIN + i, 1, null, null, entries);
          NewEvent outcome =
              new NewEvent(
                  sequence + 1, TestLog.ORIGIN + i, 2, sequence, null, new byte[OUTCOME_BYTES]);
          database
              .writer()
              .append(vsmmu.id(), List.of(doorbell, outcome), AppendDurability.JOURNALED);
        }
      }
    }
    double perEntry = storedBytes(url) / (double) (ENTRIES * DOORBELLS * VSMMUS);
    System.out.printf("stored bytes per 16-byte entry, indexes included: %.1f%n", perEntry);
    assertThat(perEntry).isBetween((double) ENTRY_BYTES, BYTES_PER_ENTRY);
  }

  private static long storedBytes(String url) throws Exception {
    try (var connection = DriverManager.getConnection(url);
        var rows =
            connection
                .createStatement()
                .executeQuery(
                    "SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits"
                        + " WHERE inhparent = 'event'::regclass")) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
