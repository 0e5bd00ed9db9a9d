package io.vsmmu.gateway.device;

import io.vsmmu.smmu.model.Limits;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.TableFields;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus.ConsumeCommands;
import io.vsmmu.vfiouser.memory.GuestMemory;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads a slice of the command queue from guest memory, and every STE that its commands make the
 * SMMU read. An entry is read once: the guest may overwrite it afterwards.
 */
final class CommandFetch {

  private final GuestMemory memory;
  private final StreamTable streams;

  CommandFetch(GuestMemory memory, StreamTable streams) {
    this.memory = memory;
    this.streams = streams;
  }

  /** The entries between the fetch index and {@code prod}, at most one slice of them. */
  ConsumeCommands slice(VsmmuState state, long prod) {
    int log2Size = state.commandQueueLog2Size();
    QueuePointer fetched = QueuePointer.normalise((int) state.commandQueue().fetched(), log2Size);
    int wanted = Math.min(state.commandsUpTo(prod), Limits.SLICE_ENTRIES);
    List<CommandEntry> entries = entries(queue(state), fetched, wanted);
    return new ConsumeCommands(
        TableFields.WR.get(prod),
        entries,
        List.of(),
        fetches(state, entries),
        entries.size() < wanted);
  }

  /** The queue's address: CMDQ_BASE.ADDR, aligned to the queue's size (IHI 0070, 6.3.26). */
  private static long queue(VsmmuState state) {
    long base = TableFields.QUEUE_ADDR.inPlace(state.value(Register.CMDQ_BASE));
    long bytes = (long) CommandEntry.SIZE_BYTES << state.commandQueueLog2Size();
    return base & -bytes;
  }

  private List<CommandEntry> entries(long queue, QueuePointer from, int wanted) {
    List<CommandEntry> entries = new ArrayList<>(wanted);
    QueuePointer next = from;
    while (entries.size() < wanted) {
      int run = Math.min(wanted - entries.size(), next.size() - next.index());
      int read = run(queue + (long) next.index() * CommandEntry.SIZE_BYTES, run, entries);
      if (read < run) {
        break;
      }
      next = next.advance(run);
    }
    return entries;
  }

  /** Reads up to {@code count} adjacent entries; returns how many could be read. */
  private int run(long address, int count, List<CommandEntry> into) {
    byte[] bytes = new byte[count * CommandEntry.SIZE_BYTES];
    if (memory.read(address, MemorySegment.ofArray(bytes))) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      for (int i = 0; i < count; i++) {
        into.add(CommandEntry.read(buffer));
      }
      return count;
    }
    // A part cannot be read: the entries before it are found by halving.
    if (count == 1) {
      return 0;
    }
    int half = count / 2;
    int first = run(address, half, into);
    return first < half
        ? first
        : half + run(address + (long) half * CommandEntry.SIZE_BYTES, count - half, into);
  }

  private List<SteFetch> fetches(VsmmuState state, List<CommandEntry> entries) {
    Map<Integer, SteFetch> fetches = new HashMap<>();
    @Nullable NavigableSet<Integer> ranged = null;
    for (CommandEntry entry : entries) {
      switch (SmmuCommand.decode(entry)) {
        case ConfigInvalidation.Ste ste -> read(state, ste.sid(), fetches);
        case ConfigInvalidation.SteRange range -> {
          ranged = ranged == null ? ranged(state) : ranged;
          NavigableSet<Integer> covered =
              ranged.subSet(range.firstSid(), true, range.lastSid(), true);
          covered.forEach(streamId -> read(state, streamId, fetches));
          covered.clear();
        }
        default -> {}
      }
    }
    return List.copyOf(fetches.values());
  }

  /** The streams whose STEs a range makes the SMMU read, each once for a slice. */
  private static NavigableSet<Integer> ranged(VsmmuState state) {
    NavigableSet<Integer> ranged = new TreeSet<>(Integer::compareUnsigned);
    for (StreamState stream : state.streams().values()) {
      boolean device = state.devices().containsKey(stream.streamId());
      // An STE that an earlier range made unknown is read when CFGI_STE names it.
      if (device || !stream.steNotRecorded()) {
        ranged.add(stream.streamId());
      }
    }
    return ranged;
  }

  private void read(VsmmuState state, int streamId, Map<Integer, SteFetch> fetches) {
    fetches.computeIfAbsent(streamId, sid -> streams.read(state, sid));
  }
}
