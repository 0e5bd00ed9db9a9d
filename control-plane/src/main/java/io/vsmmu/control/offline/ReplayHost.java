package io.vsmmu.control.offline;

import io.vsmmu.host.apply.VsmmuHost;
import io.vsmmu.smmu.event.VsmmuEvent;

/** A host to which a log is applied from its beginning. */
public interface ReplayHost extends AutoCloseable {

  /** Adds to the host what the event needs, if the host can be changed. */
  void prepare(VsmmuEvent event);

  /** The vSMMU's objects on this host. */
  VsmmuHost objects();

  /** Acts as a restart of the service: its objects on the host are destroyed, the devices stay. */
  void restart();

  @Override
  void close();
}
