package io.vsmmu.debugger.expression;

import io.vsmmu.debugger.expression.Access.Base;
import io.vsmmu.debugger.expression.Access.Link;
import io.vsmmu.problem.NearNames;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out what a path leads to. Every method throws {@link MalformedExpressionException} for a
 * name or a key that does not exist.
 */
final class Paths {

  /** The name under which an expression reaches the event. */
  static final String EVENT = "event";

  /** The greatest number of names that an error lists. */
  private static final int LISTED = 24;

  private final String text;

  /**
   * @param text the whole expression
   */
  Paths(String text) {
    this.text = text;
  }

  /**
   * What the path leads to, beginning at the innermost scope that knows its first name.
   *
   * @param scopes shapes of the items of the enclosing {@code any}, {@code all} and {@code count},
   *     the outermost first
   * @param eventKnown whether the path may begin at the event
   */
  Target resolve(Syntax.Path path, List<Shape> scopes, boolean eventKnown) {
    Syntax.Path.Name first = (Syntax.Path.Name) path.steps().getFirst();
    String written = text.substring(path.span().offset(), path.span().end());
    for (int level = scopes.size() - 1; level >= 0; level--) {
      if (scopes.get(level).member(first.name()).isPresent()) {
        return follow(new Base.Item(level), scopes.get(level), path.steps(), written);
      }
    }
    if (first.name().equals(EVENT)) {
      if (!eventKnown) {
        throw new MalformedExpressionException(
            first.span(),
            "'event'",
            "a name of the state, which an event leaves as it was or changes");
      }
      if (path.steps().size() == 1) {
        throw new MalformedExpressionException(
            first.span(), "'event' alone", "a name of it, as in event.type");
      }
      return follow(
          new Base.Event(),
          EventNames.EVENT,
          path.steps().subList(1, path.steps().size()),
          written);
    }
    if (StateNames.ROOT.member(first.name()).isEmpty()) {
      Set<String> known = new LinkedHashSet<>();
      scopes.reversed().forEach(scope -> known.addAll(scope.names()));
      known.addAll(StateNames.ROOT.names());
      known.add(EVENT);
      throw unknown(first.span(), first.name(), known);
    }
    return follow(new Base.State(), StateNames.ROOT, path.steps(), written);
  }

  private static Target follow(
      Base base, Shape shape, List<Syntax.Path.Step> steps, String written) {
    List<Link> links = new ArrayList<>();
    Access nowhere = new Access(base, List.of(), written);
    Target reached = new Target.Group(nowhere, shape);
    for (Syntax.Path.Step step : steps) {
      reached =
          switch (reached) {
            case Target.Group(Access _, Shape names) -> ofGroup(names, step, links, nowhere);
            case Target.Listed(Access _, Access _, Member.Items items) ->
                ofList(items, step, links, nowhere);
            case Target.Plain(Access _, Member.Value member, boolean several) ->
                ofValue(member, several, step, links, nowhere);
          };
    }
    Access access = new Access(base, links, written);
    return switch (reached) {
      case Target.Plain(Access _, Member.Value member, boolean several) ->
          new Target.Plain(access, member, several);
      case Target.Group(Access _, Shape names) -> new Target.Group(access, names);
      case Target.Listed(Access _, Access _, Member.Items items) -> {
        links.add(new Link.Every(items));
        yield new Target.Listed(new Access(base, links, written), access, items);
      }
    };
  }

  /** A name below a group, which may also be written as a string in brackets. */
  private static Target ofGroup(
      Shape names, Syntax.Path.Step step, List<Link> links, Access nowhere) {
    String name =
        switch (step) {
          case Syntax.Path.Name(Span _, String written) -> written;
          case Syntax.Path.Key(Span _, Token token) -> token.text();
        };
    Optional<Member> member = names.member(name);
    if (member.isEmpty()) {
      throw unknown(step.span(), name, names.names());
    }
    return switch (member.get()) {
      case Member.Value value -> {
        links.add(new Link.Read(value.reader()));
        yield new Target.Plain(nowhere, value, value.several());
      }
      case Member.Part part -> {
        links.add(new Link.Read(part.reader()));
        yield new Target.Group(nowhere, part.shape());
      }
      case Member.Items items -> new Target.Listed(nowhere, nowhere, items);
    };
  }

  private static Target ofList(
      Member.Items items, Syntax.Path.Step step, List<Link> links, Access nowhere) {
    String expected =
        "the %s of one in brackets, as in %s[\"0x900\"], or any(%s, ...)"
            .formatted(items.key(), items.name(), items.name());
    if (!(step instanceof Syntax.Path.Key(Span span, Token token))) {
      throw new MalformedExpressionException(
          step.span(), "a name below the list '%s'".formatted(items.name()), expected);
    }
    long key =
        key(token)
            .orElseThrow(() -> new MalformedExpressionException(span, token.shown(), expected));
    links.add(new Link.Find(items, key));
    return new Target.Group(nowhere, items.shape());
  }

  private static Target ofValue(
      Member.Value member,
      boolean several,
      Syntax.Path.Step step,
      List<Link> links,
      Access nowhere) {
    if (several && step instanceof Syntax.Path.Key(Span span, Token token)) {
      long index =
          key(token)
              .orElseThrow(
                  () ->
                      new MalformedExpressionException(
                          span, token.shown(), "an index from 0, as in ste[0]"));
      links.add(new Link.Index(index));
      return new Target.Plain(nowhere, member, false);
    }
    Shape bits = member.bits();
    if (bits != null && !several) {
      return ofGroup(bits, step, links, nowhere);
    }
    throw new MalformedExpressionException(
        step.span(),
        "a step below '%s', which is %s".formatted(member.name(), kind(member, several)),
        several ? "an index in brackets, from 0" : "an operator, or the end of the path");
  }

  private static String kind(Member.Value member, boolean several) {
    return several ? "a list of values" : member.type().label();
  }

  private static Optional<Long> key(Token token) {
    return token.kind() == Token.Kind.NUMBER
        ? Optional.of(token.number())
        : Lexer.value(token.text());
  }

  private static MalformedExpressionException unknown(
      Span span, String name, Collection<String> known) {
    if (name.equalsIgnoreCase("cd")) {
      return new MalformedExpressionException(
          span,
          "'%s'".formatted(name),
          "another name: the log contains no CD, because only the host's SMMU reads them");
    }
    String near = NearNames.question(name, known);
    String names =
        known.size() <= LISTED
            ? "one of " + String.join(", ", known)
            : "one of the %d names of docs/find.md".formatted(known.size());
    return new MalformedExpressionException(
        span, "the unknown name '%s'".formatted(name), names + near);
  }
}
