package io.vsmmu.host;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * The rules that every host must keep, the simulated one and the kernel's. A subclass provides the
 * host and assigns its devices to the roles that the rules need.
 */
public abstract class HostConformance
    implements BindRules,
        IoasRules,
        ObjectLifetimeRules,
        VdeviceRules,
        NestedSteRules,
        AttachRules,
        DmaRules,
        InvalidationEntryRules,
        InvalidationBatchRules,
        VeventRules,
        VmmOwnedRules {

  private IommuContext context;

  @BeforeEach
  void openHost() {
    context = host().open().value();
  }

  @AfterEach
  void closeHost() {
    context.close();
  }

  @Override
  public IommuContext context() {
    return context;
  }
}
