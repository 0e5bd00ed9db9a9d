package io.vsmmu.debugger.expression;

import io.vsmmu.debugger.expression.Member.Form;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.bits.FieldTable;
import io.vsmmu.smmu.bits.FieldTable.Field;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The names below one kind of owner, in the order in which they are shown. Immutable. */
final class Shape {

  private final SequencedMap<String, Member> members;

  private Shape(SequencedMap<String, Member> members) {
    this.members = Collections.unmodifiableSequencedMap(members);
  }

  Optional<Member> member(String name) {
    return Optional.ofNullable(members.get(name));
  }

  Collection<Member> members() {
    return members.values();
  }

  Set<String> names() {
    return members.keySet();
  }

  /** Reads from an owner of a known type. */
  @FunctionalInterface
  interface Accessor<O> {
    @Nullable Object of(Moment moment, O owner);
  }

  /** Gives the items of an owner of a known type. */
  @FunctionalInterface
  interface Lister<O> {
    Collection<?> of(Moment moment, O owner);
  }

  /** Finds the item with a key of an owner of a known type. */
  @FunctionalInterface
  interface Lookup<O> {
    @Nullable Object of(Moment moment, O owner, long key);
  }

  /** The names of the constants of an enum. */
  static <E extends Enum<E>> Set<String> constants(Class<E> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(Enum::name)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The fields of a register or another number, whose owner is the number itself. */
  static Shape bits(FieldTable table) {
    Builder<Long> fields = new Builder<>();
    for (Field field : table.fields()) {
      fields.field(field, (_, word) -> Hex.number(field, word));
    }
    return fields.build();
  }

  /**
   * Collects names.
   *
   * @param <O> type of the owner
   */
  static final class Builder<O> {

    private final SequencedMap<String, Member> members = new LinkedHashMap<>();

    Builder<O> hex(String name, String meaning, Accessor<O> of) {
      return number(name, meaning, Form.HEXADECIMAL, of);
    }

    Builder<O> decimal(String name, String meaning, Accessor<O> of) {
      return number(name, meaning, Form.DECIMAL, of);
    }

    private Builder<O> number(String name, String meaning, Form form, Accessor<O> of) {
      return value(name, meaning, ValueType.NUMBER, form, false, Set.of(), of);
    }

    /** A count that never decreases in the life of a vSMMU, and is never absent. */
    Builder<O> growing(String name, String meaning, Accessor<O> of) {
      return add(
          new Member.Value(
              name,
              meaning,
              ValueType.NUMBER,
              Form.DECIMAL,
              false,
              true,
              Set.of(),
              null,
              reader(of)));
    }

    /** A number whose fields have names of their own. */
    Builder<O> word(String name, String meaning, Shape bits, Accessor<O> of) {
      return add(
          new Member.Value(
              name,
              meaning,
              ValueType.NUMBER,
              Form.HEXADECIMAL,
              false,
              false,
              Set.of(),
              bits,
              reader(of)));
    }

    /** A field of a structure, in the form in which the structure's fields are shown. */
    Builder<O> field(Field field, Accessor<O> of) {
      Form form = Hex.isText(field) ? Form.HEXADECIMAL : Form.DECIMAL;
      return number(field.name(), "bits " + range(field), form, of);
    }

    private static String range(Field field) {
      int lsb = field.bits().lsb();
      int msb = field.bits().msb();
      String word = field.word() == 0 ? "" : " of word " + field.word();
      return (msb == lsb ? "" + lsb : msb + ":" + lsb) + word;
    }

    Builder<O> text(String name, String meaning, Accessor<O> of) {
      return text(name, meaning, Set.of(), of);
    }

    /**
     * @param constants every text that the value can have
     */
    Builder<O> text(String name, String meaning, Set<String> constants, Accessor<O> of) {
      return value(name, meaning, ValueType.TEXT, Form.DECIMAL, false, constants, of);
    }

    Builder<O> truth(String name, String meaning, Accessor<O> of) {
      return value(name, meaning, ValueType.TRUTH, Form.DECIMAL, false, Set.of(), of);
    }

    /** An instant, which the accessor gives in microseconds since 1970. */
    Builder<O> instant(String name, String meaning, Accessor<O> of) {
      return value(name, meaning, ValueType.INSTANT, Form.DECIMAL, false, Set.of(), of);
    }

    /** A list of numbers, which the accessor gives as a {@link List} of {@link Long}. */
    Builder<O> numbers(String name, String meaning, Form form, Accessor<O> of) {
      return value(name, meaning, ValueType.NUMBER, form, true, Set.of(), of);
    }

    /** A list of texts, which the accessor gives as a {@link List} of {@link String}. */
    Builder<O> texts(String name, String meaning, Set<String> constants, Accessor<O> of) {
      return value(name, meaning, ValueType.TEXT, Form.DECIMAL, true, constants, of);
    }

    private Builder<O> value(
        String name,
        String meaning,
        ValueType type,
        Form form,
        boolean several,
        Set<String> constants,
        Accessor<O> of) {
      return add(
          new Member.Value(name, meaning, type, form, several, false, constants, null, reader(of)));
    }

    /** A group of names whose owner is what the accessor gives. */
    Builder<O> part(String name, String meaning, Shape shape, Accessor<O> of) {
      return add(new Member.Part(name, meaning, shape, reader(of)));
    }

    /**
     * A list of items.
     *
     * @param key name of the item's member that is its key
     */
    Builder<O> items(
        String name, String meaning, String key, Shape shape, Lister<O> all, Lookup<O> find) {
      return add(
          new Member.Items(
              name,
              meaning,
              key,
              shape,
              (moment, owner) -> all.of(moment, typed(owner)),
              (moment, owner, wanted) -> find.of(moment, typed(owner), wanted)));
    }

    /** A list whose items have their index as key. */
    <I> Builder<O> list(
        String name, String meaning, Shape shape, Function<? super O, List<I>> all) {
      return items(
          name,
          meaning,
          "index",
          shape,
          (_, owner) -> all.apply(owner),
          (_, owner, index) -> {
            List<I> items = all.apply(owner);
            return index >= 0 && index < items.size() ? items.get((int) index) : null;
          });
    }

    private Member.Reader reader(Accessor<O> of) {
      return (moment, owner) -> of.of(moment, typed(owner));
    }

    /** The owner of a shape is always what the accessor of the shape's part or list gave. */
    @SuppressWarnings("unchecked")
    private O typed(Object owner) {
      return (O) owner;
    }

    private Builder<O> add(Member member) {
      if (members.putIfAbsent(member.name(), member) != null) {
        throw new IllegalArgumentException(member.name() + " is declared twice");
      }
      return this;
    }

    Shape build() {
      return new Shape(new LinkedHashMap<>(members));
    }
  }
}
