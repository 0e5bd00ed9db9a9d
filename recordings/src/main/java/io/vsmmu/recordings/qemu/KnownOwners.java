package io.vsmmu.recordings.qemu;

import java.util.HashMap;
import java.util.Map;

/**
 * Which vSMMU the StreamIDs and ASIDs of attributed commands belong to. A guest gives a StreamID to
 * one vSMMU, and Linux gives an ASID to one vSMMU at a time, but nothing forces them to: a number
 * that two vSMMUs use is no evidence.
 */
final class KnownOwners {

  private static final int SEVERAL = -1;

  private final Map<Integer, Integer> streams = new HashMap<>();
  private final Map<Integer, Integer> asids = new HashMap<>();

  /** What an attributed access shows. */
  void learn(int vsmmu, TraceItem.Access access) {
    access.streams().forEach(stream -> learn(streams, stream, vsmmu));
    access.asids().forEach(asid -> learn(asids, asid, vsmmu));
  }

  void learnStream(int vsmmu, int streamId) {
    learn(streams, streamId, vsmmu);
  }

  private static void learn(Map<Integer, Integer> owners, int value, int vsmmu) {
    if (owners.size() < TraceLimits.STREAMS || owners.containsKey(value)) {
      owners.merge(value, vsmmu, (before, now) -> before.equals(now) ? before : SEVERAL);
    }
  }

  /** A reset vSMMU's guest gives out its ASIDs anew. */
  void forgetAsids(int vsmmu) {
    asids.values().removeIf(owner -> owner == vsmmu || owner == SEVERAL);
  }

  /** The vSMMU with this StreamID; -1 if none or several are known to have it. */
  int ofStream(int streamId) {
    return streams.getOrDefault(streamId, SEVERAL);
  }

  /** Whether something that the access names is known to be {@code vsmmu}'s. */
  boolean names(int vsmmu, TraceItem.Access access) {
    return access.streams().stream().anyMatch(s -> streams.getOrDefault(s, SEVERAL) == vsmmu)
        || access.asids().stream().anyMatch(a -> asids.getOrDefault(a, SEVERAL) == vsmmu);
  }

  /** How much speaks against {@code vsmmu}: what the access names is known to be another's. */
  int cost(int vsmmu, TraceItem.Access access) {
    int cost = 0;
    for (int stream : access.streams()) {
      cost = Math.max(cost, others(streams, stream, vsmmu) ? 2 : 0);
    }
    for (int asid : access.asids()) {
      cost = Math.max(cost, others(asids, asid, vsmmu) ? 1 : 0);
    }
    return cost;
  }

  private static boolean others(Map<Integer, Integer> owners, int value, int vsmmu) {
    int owner = owners.getOrDefault(value, SEVERAL);
    return owner != SEVERAL && owner != vsmmu;
  }
}
