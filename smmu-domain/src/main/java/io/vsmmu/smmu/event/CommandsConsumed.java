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
 * @param entries the consumed entries and, if the queue stopped at an entry, that entry
 * @param known see {@link Stimulus.ConsumeCommands#known()}
 * @param fetches the fetched STEs that changed something; for a live guest, one with {@link
 *     SteFetch.Outcome#NOT_TOLD} means that a range changed more STEs without a device than {@link
 *     io.vsmmu.smmu.model.Limits#RANGE_CHANGES}, and that the others are forgotten
 * @param consumed the number of entries, from the first, that took effect; the others belong to a
 *     later slice
 * @param forwarded the entries, by index in the slice, that the host executes as invalidations
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

  @Override
  public BitSet forwarded() {
    return (BitSet) forwarded.clone();
  }

  @Override
  public Stimulus stimulus() {
    return new Stimulus.ConsumeCommands(prod, entries, known, fetches, fetchFault, recorded);
  }
}
