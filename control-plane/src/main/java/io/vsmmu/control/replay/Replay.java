package io.vsmmu.control.replay;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A replay that runs or has ended. One thread runs it; any thread may read it. */
public final class Replay {

  /** Whether the replay runs, and how it ended. */
  public enum Status {
    RUNNING,
    DONE,
    FAILED
  }

  private final UUID id = UUID.randomUUID();
  private final ReplayRequest request;
  private volatile Status status = Status.RUNNING;
  private volatile long events;
  private volatile @Nullable ReplayReport report;
  private volatile String failure = "";

  Replay(ReplayRequest request) {
    this.request = request;
  }

  public UUID id() {
    return id;
  }

  public ReplayRequest request() {
    return request;
  }

  public Status status() {
    return status;
  }

  public long events() {
    return events;
  }

  /** The result; null while the replay runs, and if it failed. */
  public @Nullable ReplayReport report() {
    return report;
  }

  /** Why it failed; empty otherwise. */
  public String failure() {
    return failure;
  }

  void progress(long replayed) {
    events = replayed;
  }

  void done(ReplayReport found) {
    events = found.events();
    report = found;
    status = Status.DONE;
  }

  void failed(String why) {
    failure = why;
    status = Status.FAILED;
  }
}
