package io.vsmmu.gateway;

import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.List;

/**
 * Is called for everything that the guest may see of its vSMMU, in order, by the thread that
 * handles the stimulus and under the session's lock.
 */
@FunctionalInterface
public interface SessionObserver {

  SessionObserver NONE = (visible, events) -> {};

  /**
   * Something happened that is durable and applied.
   *
   * @param visible what the guest may see from now on: CMDQ_CONS is past the commands whose outcome
   *     is known, although that outcome may not be recorded yet
   * @param events what led there since the last call, each once
   */
  void changed(VsmmuState visible, List<VsmmuEvent> events);
}
