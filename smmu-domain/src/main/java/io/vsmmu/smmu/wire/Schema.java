package io.vsmmu.smmu.wire;

/**
 * The fields of a record type, declared once for writing and for reading: a call of the record's
 * constructor whose arguments are the fields, each with its number, its type and where the record
 * has it.
 *
 * <pre>{@code
 * Schema<MemoryUnmapped> schema =
 *     fields ->
 *         new MemoryUnmapped(
 *             fields.word(1, MemoryUnmapped::address), fields.word(2, MemoryUnmapped::size));
 * }</pre>
 *
 * <p>{@link FieldWriter} appends the fields in the order of the arguments and hands each value
 * through; {@link FieldReader} takes them from a payload. A schema must be a pure function of the
 * fields, name every number once, and not look at the values: a reader that meets fields in another
 * order calls it a second time.
 *
 * @param <R> the record
 */
@FunctionalInterface
interface Schema<R> extends Codec<R> {

  /** The record that has these fields. */
  R of(Fields<R> fields);

  @Override
  default void write(WireWriter out, R value) {
    of(new FieldWriter<>(out, value));
  }

  @Override
  default R read(WireReader in) {
    FieldReader<R> fields = new FieldReader<>(in);
    R value = of(fields);
    return fields.finished() ? value : of(fields.inAnyOrder());
  }
}
