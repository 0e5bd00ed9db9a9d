package io.vsmmu.debugger.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParserTest {

  private static final List<String> WORDS =
      List.of(
          "streams",
          "[",
          "]",
          "\"0x900\"",
          ".",
          "ste",
          "0",
          "0x7f",
          "(",
          ")",
          "and",
          "or",
          "not",
          "in",
          "any",
          "all",
          "count",
          "changed",
          ",",
          "==",
          "!=",
          "<",
          "<=",
          ">>",
          "<<",
          "..",
          "~",
          "&",
          "|",
          "^",
          "+",
          "-",
          "*",
          "/",
          "%",
          "null",
          "true",
          "event",
          "type",
          "registers",
          "CR0",
          "SMMUEN",
          "contains",
          "'x'",
          "health",
          "\u00e4",
          "\"",
          " ");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "streams[\"0x900\"].configuration == \"TRANSLATE\"",
        "streams[0x900].configuration == 'TRANSLATE'",
        "streams[2304].ste[0] & 0b1111 == 0b1011",
        "registers.CR0.SMMUEN == 1 and not registers.CR0.EVENTQEN == 1",
        "registers.CR0 & 1 == 1 && !(registers.CR0 >> 3 == 1)",
        "registers.STRTAB_BASE in 0x4000_0000..0x4fff_ffff",
        "event.asid in [1, 4..7, \"0x9\"] or event.type not in [\"LinesKept\"]",
        "any(streams, fault != null and sid in [0x900, 0x901])",
        "count(streams) > 1 and all(streams, effective == \"ABORT\")",
        "any(event.commands, name == \"CFGI_STE\" and fields.StreamID == 0x900)",
        "any(event.commands, any(streams, sid == fields.StreamID))",
        "changed(streams[\"0x900\"]) and changed(registers.CR0 & 1) or changed(streams)",
        "time >= \"2026-01-31T12:00:00Z\"",
        "health.reasons contains \"EBUSY\"",
        "streams[\"0x900\"] != null and devices[0x900] == null",
        "commands.CMD_SYNC >= 100",
        "streams[\"0x900\"].decoded[\"IMPDEF[127:116]\"] == 0",
        "all(streams, changed(effective))"
      })
  void what_the_page_describes_is_a_condition(String text) {
    assertThat(Expression.of(text).text()).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          registers.CR0                          | 0 | 13 | a condition
          registers.CR0 = 1                      | 14 | 15 | '=='
          registers.CR1.SMMUEN == 1              | 14 | 20 | QUEUE_IC
          register.CR0 == 1                      | 0 | 8 | did you mean 'registers'?
          streams["0x900"].configuration == "TRANSLAT" | 34 | 44 | did you mean 'TRANSLATE'?
          streams["0x900"].configuration == 1    | 34 | 35 | a text
          streams["nine"].fault == null          | 8 | 14 | sid
          streams.configuration == "ABORT"       | 8 | 21 | any(streams, ...)
          streams == 1                           | 0 | 7 | count(streams)
          1 +                                    | 3 | 3 | a name, a number
          (1 == 1                                | 7 | 7 | ')'
          1 == 1)                                | 6 | 7 | the end
          1 < 2 < 3                              | 6 | 7 | 'and'
          null == null                           | 8 | 12 | null only
          'abc                                   | 0 | 4 | ' behind it
          registers.CR0 == 0x10000000000000000   | 17 | 36 | 64 bits
          changed(event.type)                    | 8 | 13 | a name of the state
          changed(changed(boots))                | 8 | 22 | changed alone
          any(event.commands, changed(index))    | 28 | 33 | a value of the state
          sum(streams)                           | 0 | 3 | any
          any(boots, true)                       | 4 | 9 | list
          event == null                          | 0 | 5 | event.type
          health.status < "OK"                   | 0 | 13 | a number
          streams["0x900"].cd == 1               | 17 | 19 | no CD
          boots in 1                             | 9 | 10 | values in brackets
          lifecycle in "A".."B"                  | 13 | 16 | never is
          """)
  void an_error_has_its_place_and_what_is_expected_there(
      String text, int offset, int end, String expected) {
    assertThatThrownBy(() -> Expression.of(text))
        .isInstanceOfSatisfying(
            MalformedExpressionException.class,
            error -> {
              assertThat(error.problem().message()).contains(expected);
              assertThat(error.offset()).isEqualTo(offset);
              assertThat(error.end()).isEqualTo(end);
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "not ", "~", "any(streams, ", "changed("})
  void nesting_a_thousand_deep_is_refused(String opening) {
    assertThatThrownBy(() -> Expression.of(opening.repeat(1000 / 4)))
        .isInstanceOfSatisfying(
            MalformedExpressionException.class,
            error -> assertThat(error.problem().message()).contains("64"));
    assertThatThrownBy(() -> Expression.of(opening.repeat(1000)))
        .isInstanceOf(MalformedExpressionException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"any(streams, %s)", "all(hwpts, %s)", "count(event.commands, %s) >= 0"})
  void quantifiers_within_more_than_three_others_are_refused(String quantifier) {
    String three = quantifier.formatted(quantifier.formatted(quantifier.formatted("true")));

    assertThat(Expression.of(three + " and " + three).growth()).isEqualTo(Growth.UNKNOWN);
    assertThatThrownBy(() -> Expression.of(quantifier.formatted(three)))
        .isInstanceOfSatisfying(
            MalformedExpressionException.class,
            error ->
                assertThat(error.problem().message())
                    .contains("at most 3 of any, all and count within each other"));
  }

  @Test
  void a_long_chain_of_operators_is_refused_or_evaluated() {
    assertThat(Expression.of("1" + "+1".repeat(400) + " == 401").growth())
        .isEqualTo(Growth.UNKNOWN);
    assertThatThrownBy(() -> Expression.of("1" + "+1".repeat(1000) + " == 1001"))
        .isInstanceOf(MalformedExpressionException.class)
        .hasMessageContaining("1024");
  }

  @Test
  void random_text_is_a_condition_or_an_error_with_a_place_within_it() {
    long seed = new SplittableRandom().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      String text = random.nextBoolean() ? characters(random) : words(random);
      try {
        Expression.of(text);
      } catch (MalformedExpressionException error) {
        assertThat(error.offset()).as("seed %d: %s", seed, text).isBetween(0, text.length());
        assertThat(error.end()).as("seed %d: %s", seed, text).isBetween(0, text.length());
      } catch (RuntimeException other) {
        throw new AssertionError("seed %d: %s".formatted(seed, text), other);
      }
    }
  }

  private static String characters(Random random) {
    byte[] bytes = new byte[random.nextInt(40)];
    random.nextBytes(bytes);
    return new String(
        bytes, random.nextBoolean() ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_16);
  }

  private static String words(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(30); i > 0; i--) {
      text.append(WORDS.get(random.nextInt(WORDS.size())));
      text.append(random.nextInt(3) == 0 ? " " : "");
    }
    return text.toString();
  }
}
