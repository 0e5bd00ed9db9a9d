package io.vsmmu.control.live;

import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.testing.TestPostgres;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One service for the tests of a class. */
@Tag("slow")
@Timeout(60)
abstract class LiveTest {

  @TempDir static Path folder;

  static LiveService service;

  @BeforeAll
  static void startService() throws Exception {
    service = new LiveService(TestPostgres.newDatabase(), folder.resolve("s"));
  }

  @AfterAll
  static void endService() {
    service.close();
  }

  @AfterEach
  void hostHasNoFaults() {
    service.host.faults(FaultPlan.none());
  }
}
