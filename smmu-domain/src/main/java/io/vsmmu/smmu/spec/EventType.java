package io.vsmmu.smmu.spec;

import io.vsmmu.smmu.bits.ByNumber;
import io.vsmmu.smmu.bits.FieldTable;
import java.util.Optional;

/** The event records of IHI 0070, 7.3. */
public enum EventType {
  F_UUT(0x01, EventFields.F_UUT),
  C_BAD_STREAMID(0x02, EventFields.STREAM),
  F_STE_FETCH(0x03, EventFields.FETCH),
  C_BAD_STE(0x04, EventFields.STREAM),
  F_BAD_ATS_TREQ(0x05, EventFields.F_BAD_ATS_TREQ),
  F_STREAM_DISABLED(0x06, EventFields.STREAM),
  F_TRANSL_FORBIDDEN(0x07, EventFields.F_TRANSL_FORBIDDEN),
  C_BAD_SUBSTREAMID(0x08, EventFields.SUBSTREAM),
  F_CD_FETCH(0x09, EventFields.FETCH),
  C_BAD_CD(0x0A, EventFields.STREAM),
  F_WALK_EABT(0x0B, EventFields.F_WALK_EABT),
  F_TRANSLATION(0x10, EventFields.FAULT),
  F_ADDR_SIZE(0x11, EventFields.FAULT),
  F_ACCESS(0x12, EventFields.FAULT),
  F_PERMISSION(0x13, EventFields.F_PERMISSION),
  F_TLB_CONFLICT(0x20, EventFields.F_TLB_CONFLICT),
  F_CFG_CONFLICT(0x21, EventFields.F_CFG_CONFLICT),
  E_PAGE_REQUEST(0x24, EventFields.E_PAGE_REQUEST),
  F_VMS_FETCH(0x25, EventFields.FETCH);

  private static final ByNumber<EventType> BY_CODE = new ByNumber<>(values(), EventType::code);

  private final int code;
  private final FieldTable fields;

  EventType(int code, FieldTable fields) {
    this.code = code;
    this.fields = fields;
  }

  /** The event number, 0x01..0x25. */
  public int code() {
    return code;
  }

  /** The fields of the record; bits outside them are RES0. */
  public FieldTable fields() {
    return fields;
  }

  /** The event with this number (low 8 bits of {@code code}); empty if there is none. */
  public static Optional<EventType> of(int code) {
    return BY_CODE.get(code & 0xFF);
  }
}
