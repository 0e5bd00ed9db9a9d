package io.vsmmu.smmu.spec;

/** What CMDQ_CONS.ERR says after a command could not be consumed; IHI 0070, 7.1. */
public enum CommandError {
  CERROR_NONE(0),
  /** Reserved opcode, invalid parameters, or a command the features do not allow. */
  CERROR_ILL(1),
  /** The command could not be read from memory. */
  CERROR_ABT(2),
  /** An ATS invalidation before a CMD_SYNC was not completed by its device. */
  CERROR_ATC_INV_SYNC(3);

  private final int code;

  CommandError(int code) {
    this.code = code;
  }

  /** The value of CMDQ_CONS.ERR, 0 to 127 (IHI 0070, 6.3.28). */
  public int code() {
    return code;
  }
}
