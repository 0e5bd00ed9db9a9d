package io.vsmmu.simulation;

import io.vsmmu.db.log.HashChain;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.gateway.DecisionLog;
import io.vsmmu.journal.Journal;
import io.vsmmu.journal.JournalBoundary;
import io.vsmmu.journal.JournalEntry;
import io.vsmmu.journal.JournalLimits;
import io.vsmmu.journal.JournalReader;
import io.vsmmu.journal.JournalRecovery;
import io.vsmmu.simulation.Step.Boundary;
import io.vsmmu.smmu.aggregate.Decided;
import io.vsmmu.smmu.aggregate.DecisionLoop;
import io.vsmmu.smmu.aggregate.EventMetaData;
import io.vsmmu.smmu.aggregate.Submission;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.wire.EventCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A log in the product's journal alone: its entries are events with their sequence and their hash.
 * Nothing is released, as while no database answers.
 */
final class JournalStorage implements Storage {

  /** Segments of 64 KiB: a program fills a few. */
  static final JournalLimits LIMITS = new JournalLimits(1 << 16, 256, 1);

  private static final UUID AGGREGATE = new UUID(0, 1);

  private static final int READ_BYTES = 1 << 16;

  private final JournalFolder folder = new JournalFolder();
  private final Trap trap;
  private final SplittableRandom random;
  private @Nullable Journal journal;
  private @Nullable DiskImage disk;
  private Map<String, byte[]> kept = Map.of();
  private long promised;

  /** The journal's threads and files are given up, which is no end of a process. */
  private volatile boolean closing;

  /** The state and the hash after the last event that is in the log. */
  private VsmmuState state = VsmmuState.ABSENT;

  private byte[] head = HashChain.genesis();
  private final HashChain chain = new HashChain();

  JournalStorage(Trap trap, long seed) {
    this.trap = trap;
    this.random = new SplittableRandom(seed);
  }

  @Override
  public UUID aggregate() {
    return AGGREGATE;
  }

  @Override
  public void start() {
    closing = false;
    Path place = folder.next(kept);
    DiskImage image = new DiskImage(place);
    disk = image;
    try (JournalRecovery recovery = JournalRecovery.open(place, LIMITS, Optional.empty())) {
      journal = recovery.start(0, false, this::reached);
    }
    image.sync();
    Vsmmu.Fold fold = new Vsmmu.Fold();
    events().forEach(fold::accept);
    state = fold.state();
  }

  private void reached(JournalBoundary boundary) {
    switch (boundary) {
      case APPENDING -> reached(Boundary.APPENDING);
      case APPENDED -> reached(Boundary.APPENDED);
      case SYNCING -> reached(Boundary.SYNCING);
      case SYNCED -> {
        image().sync();
        reached(Boundary.SYNCED);
      }
      default -> {}
    }
  }

  /** A failed system call ends the service, so that it differs from SIGKILL in nothing here. */
  private void reached(Boundary boundary) {
    if (!closing) {
      trap.reached(boundary, this::keep);
    }
  }

  @Override
  public void keep(Trap.End how) {
    promised = how == Trap.End.POWER_LOSS ? journal().synced() : state.events();
    kept = image().after(how, random);
  }

  private DiskImage image() {
    DiskImage present = disk;
    if (present == null) {
      throw new IllegalStateException("no process was started");
    }
    return present;
  }

  private Journal journal() {
    Journal open = journal;
    if (open == null) {
      throw new IllegalStateException("no process runs");
    }
    return open;
  }

  @Override
  public DecisionLog log() {
    return this::submit;
  }

  private synchronized Submission submit(String vsmmu, List<Stimulus> stimuli, String subject) {
    if (trap.ended().isPresent()) {
      throw new ProcessEndedError("submitted after the end");
    }
    Submission submission = DecisionLoop.decideUntilHost(state, stimuli);
    List<JournalEntry> entries = new ArrayList<>();
    boolean sync = false;
    byte[] next = head;
    VsmmuState before = state;
    for (Decided decided : submission.decisions()) {
      sync |= !EventMetaData.isJournaled(before, decided.events());
      long sequence = decided.sequence();
      for (VsmmuEvent event : decided.events()) {
        NewEvent row = row(event, sequence++, decided.sequence(), subject);
        next = chain.next(next, 0, row);
        entries.add(new Entry(row, next));
      }
      before = decided.after();
    }
    Journal open = journal();
    long first = open.append(entries, sync);
    if (sync) {
      open.sync(first + entries.size() - 1);
    }
    head = next;
    state = submission.last().after();
    return submission;
  }

  private static NewEvent row(VsmmuEvent event, long sequence, long decision, String subject) {
    OptionalLong cause = EventMetaData.cause(event, decision);
    return new NewEvent(
        sequence,
        sequence,
        EventCodec.typeOf(event),
        cause.isPresent() ? (Long) cause.getAsLong() : null,
        subject.isEmpty() ? null : subject,
        EventCodec.encode(event));
  }

  @Override
  public VsmmuState state() {
    return state;
  }

  @Override
  public List<VsmmuEvent> events() {
    List<VsmmuEvent> events = new ArrayList<>();
    byte[][] hash = {HashChain.genesis()};
    JournalReader reader = journal().reader(1);
    JournalReader.EntryConsumer take =
        (position, bytes) -> {
          Entry entry = Entry.read(bytes);
          hash[0] = chain.next(hash[0], 0, entry.row());
          if (position != events.size() + 1 || entry.row().sequence() != events.size()) {
            throw new AssertionError(
                "position %d has sequence %d".formatted(position, entry.row().sequence()));
          }
          if (!Arrays.equals(hash[0], entry.hash())) {
            throw new AssertionError("the hash chain is broken at position " + position);
          }
          events.add(EventCodec.decode(entry.row().type(), entry.row().payload()));
        };
    while (reader.read(READ_BYTES, take) > 0) {
      // The next frames.
    }
    head = hash[0];
    return events;
  }

  @Override
  public long promised() {
    return promised;
  }

  @Override
  public void end() {
    promised = state.events();
    journal().close();
    kept = image().afterKill();
    journal = null;
  }

  @Override
  public void die(Trap.End how) {
    if (trap.ended().isEmpty()) {
      keep(how);
      trap.end();
    }
    closing = true;
    journal().close();
    journal = null;
  }

  @Override
  public void databaseAnswers(boolean answers) {
    // There is none.
  }

  @Override
  public void close() {
    closing = true;
    if (journal != null) {
      journal.close();
    }
    folder.delete();
  }

  /** An event as an entry of the journal. */
  private record Entry(NewEvent row, byte[] hash) implements JournalEntry {

    @Override
    public int bytes() {
      return Long.BYTES * 3
          + Integer.BYTES * 2
          + HashChain.HASH_BYTES
          + subject().length
          + row.payload().length;
    }

    private byte[] subject() {
      String subject = row.subject();
      return subject == null ? new byte[0] : subject.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void write(ByteBuffer into) {
      Long cause = row.cause();
      into.putLong(row.sequence()).putLong(row.timeMicros()).putLong(cause == null ? -1 : cause);
      into.putInt(row.type()).putInt(subject().length).put(subject()).put(hash).put(row.payload());
    }

    static Entry read(ByteBuffer in) {
      long sequence = in.getLong();
      long time = in.getLong();
      long cause = in.getLong();
      int type = in.getInt();
      byte[] subject = new byte[in.getInt()];
      in.get(subject);
      byte[] hash = new byte[HashChain.HASH_BYTES];
      in.get(hash);
      byte[] payload = new byte[in.remaining()];
      in.get(payload);
      String name = subject.length == 0 ? null : new String(subject, StandardCharsets.UTF_8);
      return new Entry(
          new NewEvent(sequence, time, type, cause < 0 ? null : (Long) cause, name, payload), hash);
    }
  }
}
