package io.vsmmu.debugger.compare;

import io.vsmmu.debugger.compare.IdPairs.Space;
import io.vsmmu.smmu.bits.FieldTable;
import io.vsmmu.smmu.bits.FieldTable.Field;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.DeviceDetached;
import io.vsmmu.smmu.event.GlobalErrorRaised;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.PageRequest;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.RegisterAccess;
import java.util.Optional;

/**
 * Computes the hashes by which accesses are aligned: one of the kind of access, and one of its
 * values. They have 64 bits, so that two accesses of logs of 10 million events share one by
 * accident with a probability of 10^-6. Not thread-safe.
 */
final class AccessKeys {

  private static final int OPCODES = 256;
  private static final int WORDS = 4;

  /** Which bits of a structure are compared by value, and which fields are ids. */
  private record Shape(long[] compared, IdField first, IdField second) {}

  /** A field with ids; {@code space} is null for none. */
  private record IdField(Optional<Space> space, Optional<Field> field) {

    static final IdField NONE = new IdField(Optional.empty(), Optional.empty());

    long of(long... words) {
      return space.isPresent() && field.isPresent()
          ? IdPairs.of(space.get(), field.get().get(words))
          : IdPairs.NONE;
    }
  }

  private final boolean normalised;
  private final KnownBits known;
  private final IdPairs ids = new IdPairs();
  private final Shape[] commands = new Shape[OPCODES];
  private final long[] registers = new long[Register.values().length];

  /**
   * @param normalised whether addresses are ignored and ids are compared by their counterparts
   * @param known the bits of commands that both logs contain
   */
  AccessKeys(boolean normalised, KnownBits known) {
    this.normalised = normalised;
    this.known = known;
    for (Register register : Register.values()) {
      registers[register.ordinal()] = compared(register.fields(), 1)[0];
    }
  }

  /** Whether addresses are ignored and ids are compared by their counterparts. */
  boolean normalised() {
    return normalised;
  }

  IdPairs ids() {
    return ids;
  }

  /** Mask of the bits of a register that are compared. */
  long compared(Register register) {
    return registers[register.ordinal()];
  }

  /** Whether the two accesses have the same values, apart from what followed from them. */
  boolean same(Access a, Access b) {
    return a.exact() == b.exact()
        && ids.agree(a.first(), b.first())
        && ids.agree(a.second(), b.second());
  }

  long tokenOfA(Access a) {
    return a.first() == IdPairs.NONE && a.second() == IdPairs.NONE
        ? a.exact()
        : mix(mix(a.exact(), ids.tokenOfA(a.first())), ids.tokenOfA(a.second()));
  }

  long tokenOfB(Access b) {
    return b.first() == IdPairs.NONE && b.second() == IdPairs.NONE
        ? b.exact()
        : mix(mix(b.exact(), ids.tokenOfB(b.first())), ids.tokenOfB(b.second()));
  }

  void sign(Access access) {
    long kind = mix(0, access.kind().ordinal());
    switch (access.kind()) {
      // Their values are compared one by one, see AccessDifferences.
      case CREATED, RESET, HARDWARE_QUEUE -> access.sign(kind, kind, IdPairs.NONE, IdPairs.NONE);
      case ATTACH -> device(access, kind, ((DeviceAttached) access.event()).streamId());
      case DETACH -> device(access, kind, ((DeviceDetached) access.event()).streamId());
      case ABORTED_WRITE -> {
        long what = mix(kind, ((GlobalErrorRaised) access.event()).error().ordinal());
        access.sign(what, what, IdPairs.NONE, IdPairs.NONE);
      }
      case WRITE -> write(access, kind);
      case COMMAND -> command(access, kind);
      case FAULT -> {
        EventRecord record = access.fault();
        long what = mix(kind, record.number());
        sign(access, what, shape(record.fields(), WORDS), record.words());
      }
      case PAGE_REQUEST -> {
        PageRequest request = access.pageRequest();
        sign(access, kind, shape(PageRequest.TABLE, 2), request.words());
      }
    }
  }

  private void device(Access access, long what, int streamId) {
    if (normalised) {
      access.sign(what, what, IdPairs.of(Space.STREAM, streamId), IdPairs.NONE);
    } else {
      access.sign(what, mix(what, streamId), IdPairs.NONE, IdPairs.NONE);
    }
  }

  private void write(Access access, long kind) {
    RegisterWritten write = (RegisterWritten) access.event();
    Optional<RegisterAccess> at = Register.at(write.offset(), write.width());
    long what = mix(mix(kind, write.offset()), write.width());
    long value = write.value();
    if (at.isPresent()) {
      value &= at.get().read(compared(at.get().register()));
    }
    access.sign(what, mix(what, value), IdPairs.NONE, IdPairs.NONE);
  }

  private void command(Access access, long kind) {
    CommandEntry mask = access.known();
    if (!KnownBits.opcodeKnown(mask)) {
      access.sign(kind, kind, IdPairs.NONE, IdPairs.NONE);
      return;
    }
    CommandEntry entry = access.command();
    int opcode = entry.opcode();
    sign(
        access,
        mix(kind, opcode + 1L),
        shape(opcode),
        entry.word0() & mask.word0() & known.word0(opcode),
        entry.word1() & mask.word1() & known.word1(opcode));
  }

  private static void sign(Access access, long what, Shape shape, long... words) {
    long exact = what;
    for (int i = 0; i < words.length; i++) {
      exact = mix(exact, words[i] & shape.compared()[i]);
    }
    access.sign(what, exact, shape.first().of(words), shape.second().of(words));
  }

  private Shape shape(int opcode) {
    Shape shape = commands[opcode];
    if (shape == null) {
      shape =
          CommandOpcode.of(opcode)
              .map(command -> shape(command.fields(), 2))
              .orElseGet(() -> new Shape(new long[] {-1L, -1L}, IdField.NONE, IdField.NONE));
      commands[opcode] = shape;
    }
    return shape;
  }

  private Shape shape(FieldTable fields, int words) {
    IdField[] idFields = {IdField.NONE, IdField.NONE};
    int found = 0;
    if (normalised) {
      for (Field field : fields.fields()) {
        Optional<Space> space = FieldClass.of(field.name()).space();
        if (space.isPresent() && found < idFields.length) {
          idFields[found++] = new IdField(space, Optional.of(field));
        }
      }
    }
    return new Shape(compared(fields, words), idFields[0], idFields[1]);
  }

  /** Masks of the bits of each word that are compared by value. */
  private long[] compared(FieldTable fields, int words) {
    long[] masks = new long[words];
    for (Field field : fields.fields()) {
      if (comparedByValue(field)) {
        masks[field.word()] |= field.bits().mask();
      }
    }
    return masks;
  }

  /** Whether the values of a field are compared, and not ignored or compared by counterparts. */
  boolean comparedByValue(Field field) {
    FieldClass kind = FieldClass.of(field.name());
    return kind == FieldClass.VALUE || (!normalised && kind != FieldClass.INDEX);
  }

  /** The space of the ids of a field; empty if its values are compared, or ignored. */
  Optional<Space> space(Field field) {
    return normalised ? FieldClass.of(field.name()).space() : Optional.empty();
  }

  /** Adds a number to a hash, with the multiplier and the shift of a SplitMix64 step. */
  private static long mix(long hash, long value) {
    long mixed = (hash ^ value) * 0x9e37_79b9_7f4a_7c15L;
    return (mixed ^ (mixed >>> 29)) * 0xbf58_476d_1ce4_e5b9L;
  }
}
