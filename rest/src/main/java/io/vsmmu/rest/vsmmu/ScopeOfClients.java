package io.vsmmu.rest.vsmmu;

import io.vsmmu.control.vm.Vms;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.rest.access.Caller;
import io.vsmmu.rest.access.VmScope;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import org.springframework.stereotype.Component;

/** Which vSMMUs the client of the current request may see: those of the VMs in its scope. */
@Component
public class ScopeOfClients {

  private final Vms vms;

  ScopeOfClients(Vms vms) {
    this.vms = vms;
  }

  /** Whether the client may see a vSMMU. */
  public boolean has(RegisteredVsmmu vsmmu) {
    VmScope scope = Caller.current().scope();
    return scope.unlimited() || scope.has(vm(vsmmu));
  }

  /** A vSMMU that names no VM, and an imported one, has a VM of its own with its own name. */
  private String vm(RegisteredVsmmu vsmmu) {
    String vm = vms.of(vsmmu);
    return vm.equals(Vms.OWN) ? vsmmu.name() : vm;
  }

  /**
   * Refuses a new vSMMU whose VM the client may not see.
   *
   * @param vm the VM that it names; {@link Vms#OWN} for one of its own
   */
  void checkNew(String name, String vm) {
    boolean own = vm.equals(Vms.OWN);
    VmScope scope = Caller.current().scope();
    if (!scope.has(own ? name : vm)) {
      throw ProblemException.of(
          ProblemType.FORBIDDEN,
          own ? "name" : "vm",
          own ? name : vm,
          "one of the VMs of the credential: "
              + String.join(", ", scope.vms().stream().sorted().toList()));
    }
  }
}
