package io.vsmmu.gateway;

import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.stimulus.Stimulus.ConsumeCommands;
import java.util.ArrayList;
import java.util.List;

/**
 * Merges doorbells that wait next to each other into one slice: the newest CMDQ_PROD, and all
 * entries in order.
 */
final class Coalescing {

  private final int mostEntries;

  Coalescing(int mostEntries) {
    this.mostEntries = mostEntries;
  }

  /** Groups stimuli in their order; a group has at most the allowed number of entries. */
  List<Group> group(List<PostedStimulus> waiting) {
    List<Group> groups = new ArrayList<>();
    for (PostedStimulus posted : waiting) {
      Group last = groups.isEmpty() ? null : groups.getLast();
      if (last == null || !last.join(posted, mostEntries)) {
        groups.add(new Group(posted));
      }
    }
    return groups;
  }

  /** Stimuli that are submitted as one. */
  static final class Group {

    private final List<PostedStimulus> members = new ArrayList<>();
    private final List<CommandEntry> entries = new ArrayList<>();
    private final List<SteFetch> fetches = new ArrayList<>();

    Group(PostedStimulus first) {
      add(first);
    }

    List<PostedStimulus> members() {
      return members;
    }

    String subject() {
      return members.getFirst().subject();
    }

    int generation() {
      return members.getFirst().generation();
    }

    Stimulus stimulus() {
      if (members.size() == 1) {
        return members.getFirst().stimulus();
      }
      ConsumeCommands newest = (ConsumeCommands) members.getLast().stimulus();
      return new ConsumeCommands(newest.prod(), entries, List.of(), fetches, newest.fetchFault());
    }

    private boolean join(PostedStimulus posted, int mostEntries) {
      PostedStimulus first = members.getFirst();
      if (posted.generation() != first.generation()
          || !posted.subject().equals(first.subject())
          || !mergeable(members.getLast().stimulus())
          || !(posted.stimulus() instanceof ConsumeCommands next)
          || !next.known().isEmpty()
          || entries.size() + next.entries().size() > mostEntries) {
        return false;
      }
      add(posted);
      return true;
    }

    private static boolean mergeable(Stimulus stimulus) {
      return stimulus instanceof ConsumeCommands slice
          && slice.known().isEmpty()
          && !slice.fetchFault();
    }

    private void add(PostedStimulus posted) {
      members.add(posted);
      if (posted.stimulus() instanceof ConsumeCommands slice) {
        entries.addAll(slice.entries());
        fetches.addAll(slice.fetches());
      }
    }
  }
}
