package io.vsmmu.smmu.wire;

import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.PageRequest;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.StreamTableEntry;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.pcollections.PSortedMap;

/**
 * Reads the fields of one record from a payload, in one pass or two. The first pass expects fields
 * in the order in which the {@link Schema} names them, as {@link FieldWriter} writes them; a field
 * that is not next is taken to be absent. If {@link #finished} then finds a field that the schema
 * has asked for, the payload has another order, and {@link #inAnyOrder} begins a second pass, which
 * searches the whole payload for every field. Of a field that occurs twice and is no list, the last
 * value counts.
 */
final class FieldReader<R> extends Fields<R> {

  /** The value of the last field was read; the key of the next one was not. */
  private static final int BETWEEN = 0;

  /** The payload has no further field. */
  private static final int END = -1;

  private static final StreamTableEntry ZERO_STE = StreamTableEntry.ofTwoWords(0, 0);

  private final WireReader in;
  private boolean anyOrder;

  /** Number of the field whose key was read and whose value was not, or a constant above. */
  private int pending = BETWEEN;

  /** Bit n: the schema has asked for field n. */
  private long asked;

  FieldReader(WireReader in) {
    this.in = in;
  }

  /** Ends the first pass: skips unknown fields; false if a field that was asked for is left. */
  boolean finished() {
    while (next() != END) {
      if (pending < Long.SIZE && (asked >>> pending & 1) != 0) {
        return false;
      }
      in.skip();
      pending = BETWEEN;
    }
    return true;
  }

  /** Begins a second pass from the start of the payload. */
  FieldReader<R> inAnyOrder() {
    in.rewind();
    anyOrder = true;
    return this;
  }

  @Override
  long word(int number, ToLongFunction<R> value) {
    long word = 0;
    while (at(number)) {
      word = in.word();
    }
    return word;
  }

  @Override
  int uint32(int number, ToIntFunction<R> value) {
    int word = 0;
    while (at(number)) {
      word = in.uint32();
    }
    return word;
  }

  @Override
  long signed64(int number, ToLongFunction<R> value) {
    long signed = 0;
    while (at(number)) {
      signed = in.signed();
    }
    return signed;
  }

  @Override
  int signed32(int number, ToIntFunction<R> value) {
    int signed = 0;
    while (at(number)) {
      signed = in.signed32();
    }
    return signed;
  }

  @Override
  boolean bool(int number, Predicate<R> value) {
    boolean bool = false;
    while (at(number)) {
      bool = in.bool();
    }
    return bool;
  }

  @Override
  <E extends Enum<E>> E constant(int number, WireEnum<E> table, Function<R, E> value) {
    E constant = table.first();
    while (at(number)) {
      constant = in.constant(table);
    }
    return constant;
  }

  @Override
  Register register(int number, Function<R, Register> value) {
    Register register = Register.IDR0;
    while (at(number)) {
      register = RegisterNumbers.read(in);
    }
    return register;
  }

  @Override
  String string(int number, Function<R, String> value) {
    String string = "";
    while (at(number)) {
      string = in.string();
    }
    return string;
  }

  @Override
  List<String> strings(int number, Function<R, List<String>> value) {
    List<String> strings = List.of();
    while (at(number)) {
      strings = Elements.plus(strings, in.string());
    }
    return strings;
  }

  @Override
  StreamTableEntry ste(int number, Function<R, StreamTableEntry> value) {
    StreamTableEntry ste = ZERO_STE;
    while (at(number)) {
      ste = readSte();
    }
    return ste;
  }

  private StreamTableEntry readSte() {
    int count = in.block(Long.BYTES) / Long.BYTES;
    if (count > StreamTableEntry.WORDS) {
      throw in.malformed("an STE of " + count + " words");
    }
    long[] words = new long[StreamTableEntry.WORDS];
    for (int i = 0; i < count; i++) {
      words[i] = in.blockWord();
    }
    return StreamTableEntry.of(words);
  }

  @Override
  List<EventRecord> eventRecords(int number, Function<R, List<EventRecord>> value) {
    List<EventRecord> records = List.of();
    while (at(number)) {
      records = readEventRecords();
    }
    return records;
  }

  private List<EventRecord> readEventRecords() {
    EventRecord[] records =
        new EventRecord[in.block(EventRecord.SIZE_BYTES) / EventRecord.SIZE_BYTES];
    for (int i = 0; i < records.length; i++) {
      records[i] = new EventRecord(in.blockWord(), in.blockWord(), in.blockWord(), in.blockWord());
    }
    return List.of(records);
  }

  @Override
  List<PageRequest> pageRequests(int number, Function<R, List<PageRequest>> value) {
    List<PageRequest> requests = List.of();
    while (at(number)) {
      requests = readPageRequests();
    }
    return requests;
  }

  private List<PageRequest> readPageRequests() {
    PageRequest[] requests =
        new PageRequest[in.block(PageRequest.SIZE_BYTES) / PageRequest.SIZE_BYTES];
    for (int i = 0; i < requests.length; i++) {
      requests[i] = new PageRequest(in.blockWord(), in.blockWord());
    }
    return List.of(requests);
  }

  @Override
  <T> T message(int number, Codec<T> codec, Function<R, T> value) {
    if (!at(number)) {
      return codec.read(in.empty());
    }
    T message;
    do {
      message = codec.read(in.message());
    } while (at(number));
    return message;
  }

  @Override
  <T> Optional<T> optional(int number, Codec<T> codec, Function<R, Optional<T>> value) {
    Optional<T> message = Optional.empty();
    while (at(number)) {
      message = Optional.of(codec.read(in.message()));
    }
    return message;
  }

  @Override
  <T> List<T> messages(int number, Codec<T> codec, Function<R, List<T>> value) {
    List<T> messages = List.of();
    while (at(number)) {
      messages = Elements.plus(messages, codec.read(in.message()));
    }
    return messages;
  }

  @Override
  <K, T> PSortedMap<K, T> map(
      int number,
      Codec<T> codec,
      PSortedMap<K, T> none,
      Function<T, K> key,
      Function<R, PSortedMap<K, T>> value) {
    PSortedMap<K, T> map = none;
    for (T message : messages(number, codec, _ -> List.of())) {
      map = map.plus(key.apply(message), message);
    }
    return map;
  }

  /** Whether {@link #in} is at a value of this field that was not read before. */
  private boolean at(int number) {
    if (anyOrder) {
      return find(number);
    }
    asked |= 1L << number;
    if (next() != number) {
      return false;
    }
    pending = BETWEEN;
    return true;
  }

  private int next() {
    if (pending == BETWEEN) {
      pending = in.next() ? in.field() : END;
    }
    return pending;
  }

  /** Skips fields until the next one of this number; from the end, returns to the first field. */
  private boolean find(int number) {
    while (in.next()) {
      if (in.field() == number) {
        return true;
      }
      in.skip();
    }
    in.rewind();
    return false;
  }
}
