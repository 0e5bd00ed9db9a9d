package io.vsmmu.control.live;

import io.vsmmu.control.session.Service;
import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.testing.TestPostgres;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** One service for the tests of a class. The classes run one after the other. */
@Tag("slow")
@Execution(ExecutionMode.SAME_THREAD)
@Timeout(60)
abstract class LiveTest {

  @TempDir static Path folder;

  static Service service;

  @BeforeAll
  static void startService() throws Exception {
    service =
        new Service(TestPostgres.newDatabase(), SimulatedHost.standard(), folder.resolve("s"));
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
