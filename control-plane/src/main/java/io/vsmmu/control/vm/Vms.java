package io.vsmmu.control.vm;

import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.control.request.RequestRefusedException.Kind;
import io.vsmmu.control.request.VsmmuNames;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.RegisteredVsmmu;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The virtual machines. A vSMMU that names none has one of its own, which is not listed.
 * Thread-safe.
 */
public final class Vms {

  /** The name of the VM of a vSMMU that has one of its own. */
  public static final String OWN = "";

  private final VmTable table;
  private final VmMemberships memberships;
  private final ReentrantLock[] locks =
      Stream.generate(ReentrantLock::new).limit(VmLimits.LOCKS).toArray(ReentrantLock[]::new);

  public Vms(EventDatabase database) {
    this.table = new VmTable(database.pool());
    this.memberships = new VmMemberships(database);
  }

  /**
   * Creates a VM.
   *
   * @throws RequestRefusedException when the name is not allowed or taken
   */
  public Vm create(String name, Machine machine) {
    if (!VsmmuNames.allows(name)) {
      throw new RequestRefusedException(Kind.INVALID, "name", name, VsmmuNames.ALLOWED_TEXT);
    }
    return table
        .insert(name, machine)
        .orElseThrow(
            () ->
                new RequestRefusedException(
                    Kind.CONFLICT, "name", name, "a name that no other VM has"));
  }

  /**
   * The VM of this name.
   *
   * @param field name of the parameter with the name
   * @throws RequestRefusedException when there is none
   */
  public Vm named(String field, String name) {
    return table.byName(name).orElseThrow(() -> unknown(field, name));
  }

  /**
   * The refusal of a name that no VM has, also for one that a client may not see.
   *
   * @param field name of the parameter with the name
   */
  public static RequestRefusedException unknown(String field, String name) {
    return new RequestRefusedException(
        Kind.NOT_FOUND,
        field,
        name,
        "the name of a VM (GET /api/v1/vms); POST /api/v1/vms makes one");
  }

  /** VMs in the order of their numbers. */
  public List<Vm> list(int afterId, int limit) {
    return table.list(afterId, limit);
  }

  /** Replaces the description of the machine. */
  public Vm describe(String name, Machine machine) {
    return table.change(named("name", name).id(), machine).orElseThrow(() -> gone(name));
  }

  /** Deletes a VM that has no vSMMUs. */
  public void delete(String name) {
    Vm vm = named("name", name);
    List<String> members = members(name).stream().map(RegisteredVsmmu::name).toList();
    if (!members.isEmpty()) {
      throw new RequestRefusedException(
          Kind.CONFLICT,
          "name",
          name,
          "a VM without vSMMUs; delete %s first".formatted(String.join(", ", members)));
    }
    if (!table.delete(vm.id())) {
      throw gone(name);
    }
  }

  private static RequestRefusedException gone(String name) {
    return new RequestRefusedException(Kind.NOT_FOUND, "name", name, "a VM that is not deleted");
  }

  /** The VM that a vSMMU belongs to, or {@link #OWN}. */
  public String of(RegisteredVsmmu vsmmu) {
    return memberships.vm(vsmmu);
  }

  /** The living vSMMUs of a VM in the order of their creation. */
  public List<RegisteredVsmmu> members(String vm) {
    return vm.equals(OWN) ? List.of() : memberships.of(vm);
  }

  /**
   * Checks that the VM can have one more vSMMU.
   *
   * @throws RequestRefusedException when there is no such VM, or it is full
   */
  public void checkRoom(String vm) {
    if (vm.equals(OWN)) {
      return;
    }
    named("vm", vm);
    if (members(vm).size() >= VmLimits.VSMMUS) {
      throw new RequestRefusedException(
          Kind.CONFLICT, "vm", vm, "a VM with less than %d vSMMUs".formatted(VmLimits.VSMMUS));
    }
  }

  /**
   * Runs a change under the lock of a VM; creations, attachments and changes of the VM take it. A
   * vSMMU with a VM of its own ({@link #OWN}) shares it with no other, and needs no lock.
   */
  public <T> T exclusively(String vm, Supplier<T> change) {
    if (vm.equals(OWN)) {
      return change.get();
    }
    ReentrantLock lock = locks[Math.floorMod(vm.hashCode(), VmLimits.LOCKS)];
    lock.lock();
    try {
      return change.get();
    } finally {
      lock.unlock();
    }
  }
}
