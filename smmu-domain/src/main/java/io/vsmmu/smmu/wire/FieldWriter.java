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

/** Appends the fields of one record in the order in which its {@link Schema} names them. */
final class FieldWriter<R> extends Fields<R> {

  private final WireWriter out;
  private final R record;

  FieldWriter(WireWriter out, R record) {
    this.out = out;
    this.record = record;
  }

  @Override
  long word(int number, ToLongFunction<R> value) {
    long word = value.applyAsLong(record);
    out.word(number, word);
    return word;
  }

  @Override
  int uint32(int number, ToIntFunction<R> value) {
    int word = value.applyAsInt(record);
    out.uint32(number, word);
    return word;
  }

  @Override
  long signed64(int number, ToLongFunction<R> value) {
    long signed = value.applyAsLong(record);
    out.signed(number, signed);
    return signed;
  }

  @Override
  int signed32(int number, ToIntFunction<R> value) {
    int signed = value.applyAsInt(record);
    out.signed(number, signed);
    return signed;
  }

  @Override
  boolean bool(int number, Predicate<R> value) {
    boolean bool = value.test(record);
    out.bool(number, bool);
    return bool;
  }

  @Override
  <E extends Enum<E>> E constant(int number, WireEnum<E> table, Function<R, E> value) {
    E constant = value.apply(record);
    out.constant(number, table, constant);
    return constant;
  }

  @Override
  Register register(int number, Function<R, Register> value) {
    Register register = value.apply(record);
    out.uint32(number, register.offset());
    return register;
  }

  @Override
  String string(int number, Function<R, String> value) {
    String string = value.apply(record);
    out.string(number, string);
    return string;
  }

  @Override
  List<String> strings(int number, Function<R, List<String>> value) {
    List<String> strings = value.apply(record);
    out.strings(number, strings);
    return strings;
  }

  @Override
  StreamTableEntry ste(int number, Function<R, StreamTableEntry> value) {
    StreamTableEntry ste = value.apply(record);
    long[] words = ste.words();
    int count = words.length;
    while (count > 0 && words[count - 1] == 0) {
      count--;
    }
    if (count > 0) {
      out.blockOf(number, count * Long.BYTES);
      for (int i = 0; i < count; i++) {
        out.blockWord(words[i]);
      }
    }
    return ste;
  }

  @Override
  List<EventRecord> eventRecords(int number, Function<R, List<EventRecord>> value) {
    List<EventRecord> records = value.apply(record);
    if (!records.isEmpty()) {
      out.blockOf(number, records.size() * EventRecord.SIZE_BYTES);
      for (EventRecord it : records) {
        out.blockWord(it.word0());
        out.blockWord(it.word1());
        out.blockWord(it.word2());
        out.blockWord(it.word3());
      }
    }
    return records;
  }

  @Override
  List<PageRequest> pageRequests(int number, Function<R, List<PageRequest>> value) {
    List<PageRequest> requests = value.apply(record);
    if (!requests.isEmpty()) {
      out.blockOf(number, requests.size() * PageRequest.SIZE_BYTES);
      for (PageRequest request : requests) {
        out.blockWord(request.word0());
        out.blockWord(request.word1());
      }
    }
    return requests;
  }

  @Override
  <T> T message(int number, Codec<T> codec, Function<R, T> value) {
    T message = value.apply(record);
    out.message(number, codec, message);
    return message;
  }

  @Override
  <T> Optional<T> optional(int number, Codec<T> codec, Function<R, Optional<T>> value) {
    Optional<T> message = value.apply(record);
    if (message.isPresent()) {
      out.message(number, codec, message.get());
    }
    return message;
  }

  @Override
  <T> List<T> messages(int number, Codec<T> codec, Function<R, List<T>> value) {
    List<T> messages = value.apply(record);
    for (T message : messages) {
      out.message(number, codec, message);
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
    PSortedMap<K, T> map = value.apply(record);
    for (T message : map.values()) {
      out.message(number, codec, message);
    }
    return map;
  }
}
