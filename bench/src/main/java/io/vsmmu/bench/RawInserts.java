package io.vsmmu.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The reference for durable entries: plain JDBC with one row in each transaction. */
final class RawInserts {

  private final DataSource dataSource;

  RawInserts(DataSource dataSource) throws SQLException {
    this.dataSource = dataSource;
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE raw_event (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
              + " payload bytea NOT NULL)");
    }
  }

  /** Rows per second of {@code connections} connections over {@code seconds} seconds. */
  double rowsPerSecond(int connections, byte[] payload, double seconds) throws Exception {
    CountDownLatch ready = new CountDownLatch(connections);
    AtomicLong rows = new AtomicLong();
    AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    long length = (long) (seconds * 1e9);
    Thread[] workers = new Thread[connections];
    for (int i = 0; i < connections; i++) {
      workers[i] =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      rows.addAndGet(insertFor(payload, length, ready));
                    } catch (SQLException | InterruptedException failed) {
                      failure.set(failed);
                    }
                  });
    }
    for (Thread worker : workers) {
      worker.join();
    }
    Exception failed = failure.get();
    if (failed != null) {
      throw failed;
    }
    return rows.get() / seconds;
  }

  private long insertFor(byte[] payload, long length, CountDownLatch ready)
      throws SQLException, InterruptedException {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement insert = insert(connection)) {
      ready.countDown();
      ready.await();
      long end = System.nanoTime() + length;
      long count = 0;
      while (System.nanoTime() < end) {
        insert.setBytes(1, payload);
        insert.executeUpdate();
        count++;
      }
      return count;
    }
  }

  /** Median microseconds of one INSERT with its commit on one connection. */
  double medianMicros(byte[] payload, int times) throws SQLException {
    return median(nanos(payload, times));
  }

  /** Nanoseconds of INSERTs with their commits on one connection. */
  long[] nanos(byte[] payload, int times) throws SQLException {
    long[] nanos = new long[times];
    try (Connection connection = dataSource.getConnection();
        PreparedStatement insert = insert(connection)) {
      for (int i = 0; i < times; i++) {
        long start = System.nanoTime();
        insert.setBytes(1, payload);
        insert.executeUpdate();
        nanos[i] = System.nanoTime() - start;
      }
    }
    return nanos;
  }

  static double median(long[] nanos) {
    Arrays.sort(nanos);
    return nanos[nanos.length / 2] / 1e3;
  }

  private static PreparedStatement insert(Connection connection) throws SQLException {
    return connection.prepareStatement("INSERT INTO raw_event (payload) VALUES (?)");
  }
}
