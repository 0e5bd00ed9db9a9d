package io.vsmmu.smmu.spec;

import io.vsmmu.smmu.bits.FieldTable;
import io.vsmmu.smmu.bits.FieldTable.Field;
import java.util.Optional;

/**
 * One record of the Event queue: 32 bytes, four little-endian words (IHI 0070, 7.3). Any four words
 * are a record, Reserved and IMPLEMENTATION DEFINED numbers included.
 */
public record EventRecord(long word0, long word1, long word2, long word3)
    implements MemoryStructure {

  public static final int WORDS = 4;

  public static final int SIZE_BYTES = WORDS * Long.BYTES;

  /** A record of this type for {@code sid}, its other fields zero. */
  public static EventRecord of(EventType type, int sid) {
    return new EventRecord(type.code(), 0, 0, 0).with(EventFields.STREAM_ID, sid);
  }

  /**
   * The record in these bytes.
   *
   * @throws IllegalArgumentException unless there are exactly 32
   */
  public static EventRecord fromBytes(byte[] bytes) {
    return of(LittleEndian.words(bytes, WORDS));
  }

  @Override
  public long[] words() {
    return new long[] {word0, word1, word2, word3};
  }

  /** The event number, bits 7:0 of the first word: 0 to 255. */
  public int number() {
    return (int) get(EventFields.TYPE);
  }

  /** The type; empty if the number is Reserved or IMPLEMENTATION DEFINED. */
  public Optional<EventType> type() {
    return EventType.of(number());
  }

  /** The specification's name, or {@code EVENT_0x..}. */
  public String name() {
    return type().map(EventType::name).orElseGet(() -> "EVENT_0x%02x".formatted(number()));
  }

  /** The StreamID, 32 bits unsigned. */
  public int sid() {
    return (int) get(EventFields.STREAM_ID);
  }

  /** The value of a field, right-aligned; meaningful if the type has the field. */
  public long get(Field field) {
    return field.get(words());
  }

  /** With the field set to the low bits of {@code value}. */
  public EventRecord with(Field field, long value) {
    long[] words = words();
    words[field.word()] = field.bits().set(words[field.word()], value);
    return of(words);
  }

  /** With the address field taken from the same bits of {@code address}. */
  public EventRecord withAddress(Field field, long address) {
    long[] words = words();
    words[field.word()] = field.bits().setInPlace(words[field.word()], address);
    return of(words);
  }

  /** The fields of the type; whole words if the number is unknown. */
  @Override
  public FieldTable fields() {
    return type().map(EventType::fields).orElse(EventFields.UNKNOWN);
  }

  private static EventRecord of(long[] words) {
    return new EventRecord(words[0], words[1], words[2], words[3]);
  }
}
