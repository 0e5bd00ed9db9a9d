package io.vsmmu.debugger.cause;

import io.vsmmu.projections.query.EventItem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What led to an event, and what followed, from the guest's access to what the guest saw.
 *
 * @param asked the event that was asked for
 * @param root the first event of the chain, which has no cause
 * @param doorbell position of the write of CMDQ_PROD whose commands the chain is about; null if it
 *     is about none, or the log does not contain it
 * @param steps in the order in which they happened
 * @param omitted number of steps that are left out because there are too many
 * @param notes what the log does not record of it, in sentences
 */
public record CausalChain(
    EventItem asked,
    EventItem root,
    @Nullable Long doorbell,
    List<ChainStep> steps,
    int omitted,
    List<String> notes) {

  public CausalChain {
    steps = List.copyOf(steps);
    notes = List.copyOf(notes);
  }
}
