package io.vsmmu.db;

import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.db.write.JournalSettings;
import io.vsmmu.testing.TestPostgres;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** New event logs, and events to append to them. */
final class TestLog {

  /** Microseconds since 1970 of the event with sequence 0. */
  static final long ORIGIN = 1_700_000_000_000_000L;

  private TestLog() {}

  static EventDatabase open() {
    return open(TestPostgres.newDatabase());
  }

  static EventDatabase open(String url) {
    return open(url, EventLogLimits.DEFAULTS);
  }

  static EventDatabase open(String url, EventLogLimits limits) {
    return EventDatabase.open(url, JournalSettings.in(TestPostgres.journal(url)), limits);
  }

  /** Makes the server refuse every row of the event table, until {@link #acceptRows}. */
  static void refuseRows(String url, String reason) {
    TestPostgres.execute(
        url,
        "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
            + (" $$BEGIN RAISE EXCEPTION '" + reason + "' USING ERRCODE = '53100'; END$$"));
    TestPostgres.execute(
        url, "CREATE TRIGGER refuse BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION refuse()");
  }

  static void acceptRows(String url) {
    TestPostgres.execute(url, "DROP TRIGGER refuse ON event");
  }

  static NewEvent event(long sequence, byte... payload) {
    return new NewEvent(sequence, ORIGIN + sequence * 1000, 7, null, null, payload);
  }

  static List<NewEvent> events(long first, int count, int bytes) {
    List<NewEvent> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] payload = new byte[bytes];
      new Random(first + i).nextBytes(payload);
      events.add(event(first + i, payload));
    }
    return events;
  }
}
