package io.vsmmu.smmu.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** docs/conformance.md says only what tests prove. */
class ConformanceTableTest {

  private static final int COLUMNS = 7;
  private static final Pattern NAMED_TEST = Pattern.compile("`(\\w+Test)\\.(\\w+)`");

  private static List<String[]> rows() throws IOException {
    Path module = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    List<String[]> rows = new ArrayList<>();
    for (String line : Files.readAllLines(module.resolveSibling("docs/conformance.md"))) {
      boolean heading = line.startsWith("| rule |") || line.startsWith("|---");
      if (line.startsWith("|") && !heading) {
        rows.add(line.substring(1, line.length() - 1).split("\\|", -1));
      }
    }
    return rows;
  }

  @Test
  void every_row_of_the_conformance_table_is_complete() throws IOException {
    assertThat(rows()).hasSizeGreaterThan(50);
    for (String[] row : rows()) {
      assertThat(row).as(row[0]).hasSize(COLUMNS).noneMatch(String::isBlank);
    }
  }

  @Test
  void every_test_that_the_conformance_table_names_exists() throws Exception {
    for (String[] row : rows()) {
      Matcher named = NAMED_TEST.matcher(row[COLUMNS - 1]);
      assertThat(named.find()).as("test of: %s", row[0]).isTrue();
      Class<?> type = Class.forName(getClass().getPackageName() + "." + named.group(1));
      List<String> tests =
          Stream.of(type.getDeclaredMethods())
              .filter(ConformanceTableTest::isTest)
              .map(Method::getName)
              .toList();
      assertThat(tests).as("tests of %s", type.getSimpleName()).contains(named.group(2));
    }
  }

  private static boolean isTest(Method method) {
    return method.isAnnotationPresent(Test.class)
        || method.isAnnotationPresent(ParameterizedTest.class);
  }
}
