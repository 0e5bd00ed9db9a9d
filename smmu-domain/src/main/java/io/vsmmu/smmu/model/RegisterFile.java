package io.vsmmu.smmu.model;

import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.Register;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * The values of all registers; immutable. It does not contain the ID registers: see {@link
 * IdRegisters}.
 */
public final class RegisterFile {

  private static final Register[] REGISTERS = Register.values();

  /** Every register at its reset value (IHI 0070, 6.3). */
  public static final RegisterFile RESET = new RegisterFile(resetValues());

  private final long[] values;

  private RegisterFile(long[] values) {
    this.values = values;
  }

  private static long[] resetValues() {
    long[] values = new long[REGISTERS.length];
    for (Register register : REGISTERS) {
      values[register.ordinal()] = register.resetValue();
    }
    return values;
  }

  /** The value that the register holds. */
  public long get(Register register) {
    return values[register.ordinal()];
  }

  /** This file with one register changed. */
  public RegisterFile with(Register register, long value) {
    if (get(register) == value) {
      return this;
    }
    long[] changed = values.clone();
    changed[register.ordinal()] = value;
    return new RegisterFile(changed);
  }

  /** Registers that differ from {@link #RESET}, in the order of their offsets. */
  public Map<Register, Long> touched() {
    Map<Register, Long> touched = new EnumMap<>(Register.class);
    for (Register register : REGISTERS) {
      if (get(register) != RESET.get(register)) {
        touched.put(register, get(register));
      }
    }
    return touched;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RegisterFile file && Arrays.equals(values, file.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return touched().toString();
  }
}
