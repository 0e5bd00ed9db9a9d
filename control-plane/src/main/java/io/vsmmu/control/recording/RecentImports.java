package io.vsmmu.control.recording;

import io.vsmmu.control.recording.ImportProgress.Status;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The running imports, and the newest of those that ended. Thread-safe. */
final class RecentImports {

  /** The number of ended imports that are kept. */
  static final int KEPT = 64;

  private final Map<UUID, ImportRun> runs = new LinkedHashMap<>();

  /** Adds an import; false if there is one with its id. */
  synchronized boolean add(ImportRun run) {
    if (runs.putIfAbsent(run.request().id(), run) != null) {
      return false;
    }
    List<UUID> ended =
        runs.values().stream()
            .map(ImportRun::progress)
            .filter(one -> one.status() != Status.RUNNING)
            .map(ImportProgress::id)
            .toList();
    ended.subList(0, Math.max(0, ended.size() - KEPT)).forEach(runs::remove);
    return true;
  }

  synchronized Optional<ImportRun> find(UUID id) {
    return Optional.ofNullable(runs.get(id));
  }

  /** All imports, the oldest first. */
  synchronized List<ImportRun> all() {
    return new ArrayList<>(runs.values());
  }
}
