package io.vsmmu.control.replay;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A replay that runs or has ended. One thread runs it; any thread may read it. */
public final class Replay {

  /** Whether the replay runs, and how it ended. */
  public enum Status {
    RUNNING,
    DONE,
    FAILED,
    STOPPED
  }

  private final UUID id = UUID.randomUUID();
  private final ReplayRequest request;
  private volatile Status status = Status.RUNNING;
  private volatile boolean stopAsked;
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

  /**
   * Ends the replay before its next event. A replay that has ended stays what it is, and one that
   * handles its last event ends as {@link Status#DONE}.
   */
  public void stop() {
    stopAsked = true;
  }

  boolean stopAsked() {
    return stopAsked;
  }

  /** The result; null while the replay runs, and if it failed or was stopped. */
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

  void stopped() {
    status = Status.STOPPED;
  }

  void failed(String why) {
    failure = why;
    status = Status.FAILED;
  }
}
