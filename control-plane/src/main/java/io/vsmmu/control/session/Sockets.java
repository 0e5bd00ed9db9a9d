package io.vsmmu.control.session;

import io.vsmmu.db.log.Vsmmu;
import java.nio.file.Path;
import java.util.Optional;

/** Where VMMs connect to live vSMMUs. */
public interface Sockets {

  /** Path of the vSMMU's vfio-user socket; empty if it has none. */
  Optional<Path> path(Vsmmu vsmmu);
}
