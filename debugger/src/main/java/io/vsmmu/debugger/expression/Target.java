package io.vsmmu.debugger.expression;

/** What a path leads to. */
sealed interface Target {

  Access access();

  /**
   * A plain value, or a list of them.
   *
   * @param several whether it is a list
   */
  record Plain(Access access, Member.Value member, boolean several) implements Target {}

  /** A group of names, or one item of a list. */
  record Group(Access access, Shape shape) implements Target {}

  /**
   * All items of a list.
   *
   * @param owner of the list
   */
  record Listed(Access access, Access owner, Member.Items items) implements Target {}
}
