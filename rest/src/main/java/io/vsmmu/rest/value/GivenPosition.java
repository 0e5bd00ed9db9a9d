package io.vsmmu.rest.value;

/** A position of a log as a request writes it: its number, or a bookmark that names it. */
public sealed interface GivenPosition extends GivenPoint {

  /**
   * A position of the whole log.
   *
   * @param position from 0, which stands before the first event
   */
  record AtPosition(long position) implements GivenPosition {}

  /**
   * The position that a bookmark of the vSMMU names.
   *
   * @param name without the {@code @} that is written before it
   */
  record AtBookmark(String name) implements GivenPosition {}

  static GivenPosition at(long position) {
    return new AtPosition(position);
  }
}
