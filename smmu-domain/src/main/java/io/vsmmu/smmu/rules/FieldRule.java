package io.vsmmu.smmu.rules;

/** One line of the tables: a field, when the line applies, what is said of it, what is done. */
public interface FieldRule {

  /** The field, or the fields, by the specification's names. */
  String field();

  /** The condition, in the specification's terms; "always" without one. */
  String when();

  Says says();

  /** Its sections, such as {@code 4.3.3, 4.1.7}. */
  String section();

  /** What is done here, for a reader. */
  String choice();
}
