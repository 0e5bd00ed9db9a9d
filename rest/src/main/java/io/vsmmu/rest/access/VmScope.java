package io.vsmmu.rest.access;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * The VMs that a client may see. A vSMMU that names no VM, and an imported one, has a VM of its own
 * with the vSMMU's name.
 *
 * @param unlimited whether these are all VMs, present and future
 * @param vms names of VMs; empty if unlimited
 */
public record VmScope(boolean unlimited, Set<String> vms) {

  /** All VMs. */
  public static final VmScope ALL = new VmScope(true, Set.of());

  public VmScope {
    vms = Set.copyOf(vms);
  }

  /** The VMs with these names and no others. */
  public static VmScope of(Collection<String> vms) {
    return new VmScope(false, new HashSet<>(vms));
  }

  /** Whether a VM is one of them. */
  public boolean has(String vm) {
    return unlimited || vms.contains(vm);
  }
}
