package io.vsmmu.cli.client;

import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;
import io.vsmmu.cli.output.TextPart;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The service refused a request, with a problem detail. Its names are those of the request. */
public final class Refusal extends Failure {

  private static final long serialVersionUID = 1L;

  private final transient Text text;
  private final transient @Nullable TextPart part;
  private final boolean temporary;

  /** The message, given how the members of the request are named. */
  @FunctionalInterface
  interface Text {
    String with(UnaryOperator<String> names);
  }

  /**
   * @param part the part of a text of the request that is wrong; null if the problem names none
   * @param temporary whether the same request may succeed later
   */
  Refusal(Text text, @Nullable TextPart part, boolean temporary) {
    super(ExitCode.REFUSED, text.with(UnaryOperator.identity()));
    this.text = text;
    this.part = part;
    this.temporary = temporary;
  }

  /**
   * The same with the names of the one who reads it.
   *
   * @param names of parameters and members of the request
   */
  public Failure named(UnaryOperator<String> names) {
    return new Failure(code(), text.with(names));
  }

  /** Whether the same request may succeed later. */
  boolean isTemporary() {
    return temporary;
  }

  /** The part of a text of the request that is wrong, if that is the reason. */
  public Optional<TextPart> part() {
    return Optional.ofNullable(part);
  }
}
