package io.vsmmu.control.run;

import io.vsmmu.host.apply.VsmmuHost;
import io.vsmmu.smmu.event.VsmmuEvent;

/** A host that a log is applied to from its beginning. */
public interface RunHost extends AutoCloseable {

  /** Makes sure that the host has what the event needs, if that can be made. */
  void learn(VsmmuEvent event);

  /** The vSMMU's objects on this host. */
  VsmmuHost objects();

  /** The service was started again: what it held is gone, the host is the same. */
  void restart();

  @Override
  void close();
}
