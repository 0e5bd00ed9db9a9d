package io.vsmmu.smmu.event;

import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.stimulus.RecordedConsumption;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * A slice of the command queue was consumed.
 *
 * @param prod CMDQ_PROD as written by the guest
 * @param from the fetch index, with wrap bit, of the first entry
 * @param entries what was consumed and, when the queue stopped at it, the failing entry
 * @param known see {@link Stimulus.ConsumeCommands#known()}
 * @param fetches what was read and told something new; of a live guest one that tells nothing says
 *     that a range changed more STEs without a device than are looked at, and forgot them
 * @param consumed how many entries, from the first, took effect; the rest is for a later slice
 * @param forwarded the entries, by index in the slice, that go to the host as invalidations
 * @param awaitsHost whether CMDQ_CONS moves only with the host's outcome
 * @param fetched the fetch index, with wrap bit, from here on
 * @param cons CMDQ_CONS from here on
 * @param recorded see {@link Stimulus.ConsumeCommands#recorded()}
 */
public record CommandsConsumed(
    long prod,
    long from,
    List<CommandEntry> entries,
    List<CommandEntry> known,
    List<SteFetch> fetches,
    boolean fetchFault,
    int consumed,
    BitSet forwarded,
    boolean awaitsHost,
    long fetched,
    long cons,
    Optional<RecordedConsumption> recorded)
    implements StimulusEvent {

  public CommandsConsumed {
    entries = List.copyOf(entries);
    known = List.copyOf(known);
    fetches = List.copyOf(fetches);
    forwarded = (BitSet) forwarded.clone();
  }

  /** A slice of a guest of ours. */
  public CommandsConsumed(
      long prod,
      long from,
      List<CommandEntry> entries,
      List<CommandEntry> known,
      List<SteFetch> fetches,
      boolean fetchFault,
      int consumed,
      BitSet forwarded,
      boolean awaitsHost,
      long fetched,
      long cons) {
    this(
        prod,
        from,
        entries,
        known,
        fetches,
        fetchFault,
        consumed,
        forwarded,
        awaitsHost,
        fetched,
        cons,
        Optional.empty());
  }

  @Override
  public BitSet forwarded() {
    return (BitSet) forwarded.clone();
  }

  @Override
  public Stimulus stimulus() {
    return new Stimulus.ConsumeCommands(prod, entries, known, fetches, fetchFault, recorded);
  }
}
