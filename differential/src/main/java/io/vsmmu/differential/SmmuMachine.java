package io.vsmmu.differential;

/** A machine with an SMMUv3, as a guest sees it. */
interface SmmuMachine extends AutoCloseable {

  /**
   * Reads the register frame.
   *
   * @param offset bytes from its beginning
   * @param width 1, 2, 4 or 8 bytes
   */
  long read(int offset, int width);

  /** Writes the register frame; all effects of the write are complete on return. */
  void write(int offset, int width, long value);

  /** Resets the machine; its memory is not changed. */
  void reset();

  MachineRam ram();

  /** Whether the SMMU has raised an interrupt since the last call. */
  boolean interrupted();

  @Override
  void close();
}
