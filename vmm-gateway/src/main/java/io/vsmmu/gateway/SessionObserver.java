package io.vsmmu.gateway;

import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.List;

/** Sees what the guest may see of its vSMMU. Called by whoever handles a stimulus, in order. */
@FunctionalInterface
public interface SessionObserver {

  /** Nobody looks. */
  SessionObserver NONE = (visible, events) -> {};

  /**
   * Something happened that is durable and applied.
   *
   * @param visible what the guest may see from now on: CMDQ_CONS is behind commands whose outcome
   *     is known, though it may not be written yet
   * @param events what led there since the last call, each once
   */
  void changed(VsmmuState visible, List<VsmmuEvent> events);
}
