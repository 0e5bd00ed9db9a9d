package io.vsmmu.smmu.rules;

import static io.vsmmu.smmu.spec.Register.AGBPA;
import static io.vsmmu.smmu.spec.Register.CMDQ_BASE;
import static io.vsmmu.smmu.spec.Register.CMDQ_CONS;
import static io.vsmmu.smmu.spec.Register.CR0;
import static io.vsmmu.smmu.spec.Register.CR1;
import static io.vsmmu.smmu.spec.Register.CR2;
import static io.vsmmu.smmu.spec.Register.EVENTQ_BASE;
import static io.vsmmu.smmu.spec.Register.EVENTQ_IRQ_CFG0;
import static io.vsmmu.smmu.spec.Register.EVENTQ_IRQ_CFG1;
import static io.vsmmu.smmu.spec.Register.EVENTQ_IRQ_CFG2;
import static io.vsmmu.smmu.spec.Register.EVENTQ_PROD;
import static io.vsmmu.smmu.spec.Register.GBPA;
import static io.vsmmu.smmu.spec.Register.GERRORN;
import static io.vsmmu.smmu.spec.Register.GERROR_IRQ_CFG0;
import static io.vsmmu.smmu.spec.Register.GERROR_IRQ_CFG1;
import static io.vsmmu.smmu.spec.Register.GERROR_IRQ_CFG2;
import static io.vsmmu.smmu.spec.Register.IRQ_CTRL;
import static io.vsmmu.smmu.spec.Register.PRIQ_BASE;
import static io.vsmmu.smmu.spec.Register.PRIQ_CONS;
import static io.vsmmu.smmu.spec.Register.PRIQ_IRQ_CFG0;
import static io.vsmmu.smmu.spec.Register.PRIQ_IRQ_CFG1;
import static io.vsmmu.smmu.spec.Register.PRIQ_IRQ_CFG2;
import static io.vsmmu.smmu.spec.Register.PRIQ_PROD;
import static io.vsmmu.smmu.spec.Register.STRTAB_BASE;
import static io.vsmmu.smmu.spec.Register.STRTAB_BASE_CFG;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.spec.ControlFields;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.InterruptFields;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.TableFields;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * The registers of the Non-secure programming interface, IHI 0070, 6.3: which of their bits an SMMU
 * has, when they can be written, and what Reserved values behave as. A register or bit that no line
 * names exists always and can be written at any time, if the register can be written at all.
 */
public final class RegisterRules {

  private static final String PRI = "IDR0.PRI = 0";
  private static final String MSI = "IDR0.MSI = 0";
  private static final String PRI_OR_MSI = "IDR0.PRI = 0 or IDR0.MSI = 0";
  private static final String ABOVE_OAS = "bits above IDR5.OAS";

  private static final Predicate<IdRegisters> HAS_PRI = IdRegisters::pri;
  private static final Predicate<IdRegisters> HAS_MSI = IdRegisters::msi;
  private static final Predicate<IdRegisters> HAS_BOTH = HAS_PRI.and(HAS_MSI);

  /** All bits that IHI 0070 gives to SMMUs with a feature only, and addresses above the OAS. */
  private static final List<RegisterRule> FIELDS = fields();

  private static final List<RegisterGuard> GUARDS = guards();
  private static final List<RegisterValue> VALUES = values();

  private static final Map<Register, List<RegisterRule>> BY_REGISTER = byRegister();

  private RegisterRules() {}

  /** Fields that do not exist everywhere; unmodifiable. */
  public static List<RegisterRule> conditional() {
    return FIELDS;
  }

  /** Bits that cannot be written at any time; unmodifiable. */
  public static List<RegisterGuard> guarded() {
    return GUARDS;
  }

  /** Values with a behaviour of their own; unmodifiable. */
  public static List<RegisterValue> special() {
    return VALUES;
  }

  /** The bits of a register that an SMMU with these ID registers has; the others are RES0. */
  public static long implemented(Register register, IdRegisters ids) {
    long mask = ~register.fields().reservedMask(0) & widthMask(register);
    for (RegisterRule rule : BY_REGISTER.getOrDefault(register, List.of())) {
      mask &= ~rule.bits().mask() | rule.exists().applyAsLong(ids);
    }
    return mask;
  }

  private static long widthMask(Register register) {
    return -1L >>> (Long.SIZE - register.widthBits());
  }

  private static List<RegisterRule> fields() {
    List<RegisterRule> rules = new ArrayList<>();
    rules.add(bit(CR0, ControlFields.PRIQEN, PRI, "6.3.9", HAS_PRI));
    rules.add(bit(CR0, ControlFields.ATSCHK, "IDR0.ATS = 0", "6.3.9", IdRegisters::ats));
    rules.add(bit(CR0, ControlFields.VMW, "IDR0.VMW = 0", "6.3.9", IdRegisters::vmidWildcards));
    rules.add(bit(CR0, ControlFields.DPT_WALK_EN, "IDR3.DPT = 0", "6.3.9", IdRegisters::dpt));
    rules.add(bit(CR2, ControlFields.E2H, "IDR0.Hyp = 0", "6.3.12", IdRegisters::hyp));
    rules.add(bit(CR2, ControlFields.PTM, "IDR0.BTM = 0", "6.3.12", IdRegisters::btm));
    rules.add(
        bit(
            CR2,
            ControlFields.REC_CFG_ATS,
            "IDR0.ATSRECERR = 0",
            "6.3.12",
            IdRegisters::atsRecErr));
    rules.add(bit(IRQ_CTRL, InterruptFields.PRIQ_IRQEN, PRI, "6.3.16", HAS_PRI));
    rules.add(bit(GERRORN, InterruptFields.PRIQ_ABT_ERR, PRI, "6.3.20", HAS_PRI));
    rules.add(bit(GERRORN, InterruptFields.MSI_CMDQ_ABT_ERR, MSI, "6.3.20", HAS_MSI));
    rules.add(bit(GERRORN, InterruptFields.MSI_EVENTQ_ABT_ERR, MSI, "6.3.20", HAS_MSI));
    rules.add(bit(GERRORN, InterruptFields.MSI_GERROR_ABT_ERR, MSI, "6.3.20", HAS_MSI));
    rules.add(bit(GERRORN, InterruptFields.MSI_PRIQ_ABT_ERR, PRI_OR_MSI, "6.3.20", HAS_BOTH));
    rules.add(
        bit(GERRORN, InterruptFields.CMDQP_ERR, "IDR1.ECMDQ = 0", "6.3.20", IdRegisters::ecmdq));
    rules.add(bit(GERRORN, InterruptFields.DPT_ERR, "IDR3.DPT = 0", "6.3.20", IdRegisters::dpt));
    rules.add(
        bit(
            STRTAB_BASE_CFG,
            TableFields.STRTAB_FMT,
            "IDR0.ST_LEVEL = 0",
            "6.3.25",
            ids -> ids.stLevel() != 0));
    rules.add(
        bit(
            STRTAB_BASE_CFG,
            TableFields.STRTAB_SPLIT,
            "IDR0.ST_LEVEL = 0",
            "6.3.25",
            ids -> ids.stLevel() != 0));
    address(rules, STRTAB_BASE, TableFields.STRTAB_ADDR, "6.3.24, 3.4.3");
    address(rules, CMDQ_BASE, TableFields.QUEUE_ADDR, "6.3.26, 3.4.3");
    address(rules, EVENTQ_BASE, TableFields.QUEUE_ADDR, "6.3.29, 3.4.3");
    address(rules, PRIQ_BASE, TableFields.QUEUE_ADDR, "6.3.33, 3.4.3");
    address(rules, GERROR_IRQ_CFG0, InterruptFields.MSI_ADDR, "6.3.21, 3.4.3");
    address(rules, EVENTQ_IRQ_CFG0, InterruptFields.MSI_ADDR, "6.3.30, 3.4.3");
    address(rules, PRIQ_IRQ_CFG0, InterruptFields.MSI_ADDR, "6.3.34, 3.4.3");
    whole(rules, AGBPA, "always", "6.3.15", _ -> false);
    whole(rules, GERROR_IRQ_CFG0, MSI, "6.3.21", HAS_MSI);
    whole(rules, GERROR_IRQ_CFG1, MSI, "6.3.22", HAS_MSI);
    whole(rules, GERROR_IRQ_CFG2, MSI, "6.3.23", HAS_MSI);
    whole(rules, EVENTQ_IRQ_CFG0, MSI, "6.3.30", HAS_MSI);
    whole(rules, EVENTQ_IRQ_CFG1, MSI, "6.3.31", HAS_MSI);
    whole(rules, EVENTQ_IRQ_CFG2, MSI, "6.3.32", HAS_MSI);
    whole(rules, PRIQ_BASE, PRI, "6.3.33", HAS_PRI);
    whole(rules, PRIQ_PROD, PRI, "6.3.97", HAS_PRI);
    whole(rules, PRIQ_CONS, PRI, "6.3.98", HAS_PRI);
    whole(rules, PRIQ_IRQ_CFG0, PRI_OR_MSI, "6.3.34", HAS_BOTH);
    whole(rules, PRIQ_IRQ_CFG1, PRI_OR_MSI, "6.3.35", HAS_BOTH);
    whole(rules, PRIQ_IRQ_CFG2, PRI_OR_MSI, "6.3.36", HAS_BOTH);
    return List.copyOf(rules);
  }

  private static List<RegisterGuard> guards() {
    Bits smmuen = ControlFields.SMMUEN;
    long table = Bits.field("TABLE", 11, 6).mask();
    long queue = Bits.field("QUEUE", 5, 0).mask();
    Bits gerror = InterruptFields.GERROR_IRQEN;
    Bits eventq = InterruptFields.EVENTQ_IRQEN;
    Bits priq = InterruptFields.PRIQ_IRQEN;
    return List.of(
        new RegisterGuard(CR1, table, CR0, smmuen, "6.3.11.1"),
        new RegisterGuard(CR1, queue, CR0, ControlFields.CMDQEN, "6.3.11.2"),
        new RegisterGuard(CR1, queue, CR0, ControlFields.EVENTQEN, "6.3.11.2"),
        new RegisterGuard(CR1, queue, CR0, ControlFields.PRIQEN, "6.3.11.2"),
        new RegisterGuard(CR2, -1L, CR0, smmuen, "6.3.12"),
        new RegisterGuard(STRTAB_BASE, -1L, CR0, smmuen, "6.3.24"),
        new RegisterGuard(STRTAB_BASE_CFG, -1L, CR0, smmuen, "6.3.25"),
        new RegisterGuard(CMDQ_BASE, -1L, CR0, ControlFields.CMDQEN, "6.3.26"),
        new RegisterGuard(CMDQ_CONS, -1L, CR0, ControlFields.CMDQEN, "6.3.28"),
        new RegisterGuard(EVENTQ_BASE, -1L, CR0, ControlFields.EVENTQEN, "6.3.29"),
        new RegisterGuard(EVENTQ_PROD, -1L, CR0, ControlFields.EVENTQEN, "6.3.95"),
        new RegisterGuard(PRIQ_BASE, -1L, CR0, ControlFields.PRIQEN, "6.3.33"),
        new RegisterGuard(PRIQ_PROD, -1L, CR0, ControlFields.PRIQEN, "6.3.97"),
        new RegisterGuard(GERROR_IRQ_CFG0, -1L, IRQ_CTRL, gerror, "6.3.21"),
        new RegisterGuard(GERROR_IRQ_CFG1, -1L, IRQ_CTRL, gerror, "6.3.22"),
        new RegisterGuard(GERROR_IRQ_CFG2, -1L, IRQ_CTRL, gerror, "6.3.23"),
        new RegisterGuard(EVENTQ_IRQ_CFG0, -1L, IRQ_CTRL, eventq, "6.3.30"),
        new RegisterGuard(EVENTQ_IRQ_CFG1, -1L, IRQ_CTRL, eventq, "6.3.31"),
        new RegisterGuard(EVENTQ_IRQ_CFG2, -1L, IRQ_CTRL, eventq, "6.3.32"),
        new RegisterGuard(PRIQ_IRQ_CFG0, -1L, IRQ_CTRL, priq, "6.3.34"),
        new RegisterGuard(PRIQ_IRQ_CFG1, -1L, IRQ_CTRL, priq, "6.3.35"),
        new RegisterGuard(PRIQ_IRQ_CFG2, -1L, IRQ_CTRL, priq, "6.3.36"));
  }

  private static List<RegisterValue> values() {
    return List.of(
        reserved(STRTAB_BASE_CFG, TableFields.STRTAB_FMT, "2", "6.3.25", "as 0 (linear)", 2, 0),
        reserved(STRTAB_BASE_CFG, TableFields.STRTAB_FMT, "3", "6.3.25", "as 0 (linear)", 3, 0),
        reserved(STRTAB_BASE_CFG, TableFields.STRTAB_SPLIT, "0", "6.3.25", "as 6", 0, 6),
        reserved(STRTAB_BASE_CFG, TableFields.STRTAB_SPLIT, "7", "6.3.25", "as 6", 7, 6),
        reserved(STRTAB_BASE_CFG, TableFields.STRTAB_SPLIT, "9", "6.3.25", "as 6", 9, 6),
        reserved(
            STRTAB_BASE_CFG, TableFields.STRTAB_SPLIT, "11 and above", "6.3.25", "as 6", 31, 6),
        new RegisterValue(
            GBPA,
            ControlFields.GBPA_UPDATE,
            "written as 0",
            Says.CONSTRAINED_UNPREDICTABLE,
            "6.3.14.1",
            "the whole write is ignored",
            0,
            0),
        new RegisterValue(
            GERRORN,
            InterruptFields.CMDQ_ERR,
            "toggled while the error is inactive",
            Says.CONSTRAINED_UNPREDICTABLE,
            "6.3.20",
            "stored, and so the error is active, without an interrupt",
            1,
            1),
        new RegisterValue(
            CMDQ_CONS,
            TableFields.CMDQ_CONS_ERR,
            "written while CMDQEN = 0",
            Says.IMPLEMENTATION_DEFINED,
            "6.3.28",
            "stored",
            1,
            1));
  }

  private static RegisterValue reserved(
      Register register,
      Bits bits,
      String when,
      String section,
      String choice,
      long value,
      long as) {
    return new RegisterValue(register, bits, when, Says.RESERVED, section, choice, value, as);
  }

  private static RegisterRule bit(
      Register register, Bits bits, String when, String section, Predicate<IdRegisters> exists) {
    return new RegisterRule(
        register, bits, when, section, ids -> exists.test(ids) ? bits.mask() : 0);
  }

  private static void address(
      List<RegisterRule> rules, Register register, Bits bits, String section) {
    ToLongFunction<IdRegisters> exists = ids -> ids.truncateToOas(bits.mask());
    rules.add(new RegisterRule(register, bits, ABOVE_OAS, section, exists));
  }

  private static void whole(
      List<RegisterRule> rules,
      Register register,
      String when,
      String section,
      Predicate<IdRegisters> exists) {
    rules.add(bit(register, Bits.field("all", register.widthBits() - 1, 0), when, section, exists));
  }

  private static Map<Register, List<RegisterRule>> byRegister() {
    Map<Register, List<RegisterRule>> map = new EnumMap<>(Register.class);
    for (RegisterRule rule : FIELDS) {
      map.computeIfAbsent(rule.register(), _ -> new ArrayList<>()).add(rule);
    }
    return map;
  }
}
