package io.vsmmu.control.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.testing.TestPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A service of the version before goes on while a newer one changes the schema, and after it. The
 * rules are those of docs/adr/0056-hygiene.md.
 */
@Tag("slow")
class MigrationsTest {

  /** What a script may contain. */
  private static final List<Pattern> ALLOWED =
      List.of(
          Pattern.compile("CREATE TABLE .*", Pattern.CASE_INSENSITIVE),
          Pattern.compile("CREATE (UNIQUE )?INDEX .*", Pattern.CASE_INSENSITIVE),
          Pattern.compile("CREATE INDEX CONCURRENTLY .*", Pattern.CASE_INSENSITIVE),
          Pattern.compile(
              "ALTER TABLE \\w+ ADD COLUMN (?!.*NOT NULL(?!.*DEFAULT)).*",
              Pattern.CASE_INSENSITIVE),
          Pattern.compile("ALTER TABLE \\w+ ADD CONSTRAINT .* NOT VALID", Pattern.CASE_INSENSITIVE),
          Pattern.compile(
              "ALTER TABLE \\w+ ALTER COLUMN \\w+ SET STORAGE \\w+", Pattern.CASE_INSENSITIVE));

  private static final Pattern TABLE =
      Pattern.compile(
          "(?:CREATE TABLE (?:IF NOT EXISTS )?|INDEX \\w+ ON )(\\w+)", Pattern.CASE_INSENSITIVE);

  /** Released before the rules: what they do cannot be undone, and no earlier version is in use. */
  private static final Set<String> BEFORE_THE_RULES =
      Set.of("projections V3 sieve_and_summary", "log V5 audit_indexes");

  /** Tables with a row for each vSMMU, VM or journal: an index of them is made in milliseconds. */
  private static final Set<String> SHORT = Set.of("vsmmu", "vm", "journal", "projection");

  private int counter;

  @Test
  void a_script_adds_and_takes_nothing_away() throws IOException {
    Set<String> wrong = new TreeSet<>();
    for (Migration migration : Migration.all()) {
      for (String statement : migration.statements()) {
        boolean allowed = ALLOWED.stream().anyMatch(form -> form.matcher(statement).matches());
        if (!allowed && !BEFORE_THE_RULES.contains(migration.toString())) {
          wrong.add(migration + ": " + statement);
        }
      }
    }

    assertThat(wrong).isEmpty();
  }

  /** CREATE INDEX without CONCURRENTLY holds up writers for as long as the table is long. */
  @Test
  void an_index_of_a_table_that_has_rows_is_made_concurrently() throws IOException {
    Set<String> wrong = new TreeSet<>();
    for (Migration migration : Migration.all()) {
      Set<String> created = new TreeSet<>();
      for (String statement : migration.statements()) {
        var table = TABLE.matcher(statement);
        boolean index = statement.matches("(?i)CREATE (UNIQUE )?INDEX .*");
        if (table.find()
            && index
            && !created.contains(table.group(1))
            && !SHORT.contains(table.group(1))
            && !statement.contains("CONCURRENTLY")) {
          wrong.add(migration.toString());
        } else if (!index) {
          table.reset().results().forEach(found -> created.add(found.group(1)));
        }
      }
    }

    wrong.removeAll(BEFORE_THE_RULES);
    assertThat(wrong).isEmpty();
  }

  /**
   * The column of a table, as the catalogue has it.
   *
   * @param refersTo the table and column that it refers to, separated by a dot; empty for none
   */
  private record Column(String name, String type, String refersTo) {}

  @Test
  void what_a_version_wrote_and_read_before_a_migration_it_writes_and_reads_after_it()
      throws Exception {
    String url = TestPostgres.newDatabase();
    try (Connection connection = DriverManager.getConnection(url)) {
      step(url, connection);
    }
  }

  private void step(String url, Connection connection) throws Exception {
    Map<String, Integer> versions = new TreeMap<>();
    int compared = 0;
    for (Migration migration : Migration.all()) {
      // given
      Map<String, List<Column>> before = tables(connection);
      Map<String, String> statements = new LinkedHashMap<>();
      before.forEach((table, columns) -> statements.put(table, insertion(table, columns)));
      for (Map.Entry<String, String> statement : statements.entrySet()) {
        write(connection, statement.getValue());
      }

      // when
      migrate(url, migration);

      // then
      versions.put(migration.module(), migration.version());
      if (migration.statements().contains("DROP TABLE touch")) {
        continue;
      }
      for (Map.Entry<String, List<Column>> table : before.entrySet()) {
        String insertion = insertion(table.getKey(), table.getValue());
        assertThat(write(connection, insertion)).as("%s: %s", migration, insertion).isEqualTo(1);
        read(connection, table.getKey(), table.getValue());
        compared++;
      }
    }

    assertThat(versions).containsKeys("log", "projections");
    assertThat(compared).isGreaterThan(20);
  }

  private static void migrate(String url, Migration migration) throws SQLException {
    Flyway.configure(MigrationsTest.class.getClassLoader())
        .dataSource(url, null, null)
        .locations("classpath:db/" + migration.module())
        .table(migration.module() + "_schema_history")
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .target(Integer.toString(migration.version()))
        .load()
        .migrate();
    if (migration.name().equals("event_log")) {
      TestPostgres.execute(
          url, "CREATE TABLE event_0 PARTITION OF event FOR VALUES FROM (0) TO (1000000)");
    }
  }

  /** The tables of the service with the columns that an insertion names. */
  private static Map<String, List<Column>> tables(Connection connection) throws SQLException {
    Map<String, List<Column>> tables = new LinkedHashMap<>();
    String columns =
        """
        SELECT c.table_name, c.column_name, c.data_type,
          (SELECT k.confrelid::regclass || '.' || f.attname FROM pg_constraint k
           JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
           JOIN pg_attribute f ON f.attrelid = k.confrelid AND f.attnum = k.confkey[1]
           WHERE k.contype = 'f' AND k.conrelid = c.table_name::regclass
             AND a.attname = c.column_name)
        FROM information_schema.columns c
        JOIN information_schema.tables t USING (table_schema, table_name)
        WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
          AND c.table_name NOT LIKE '%schema_history' AND c.table_name <> 'event_0'
          AND c.is_identity = 'NO' AND c.column_default IS NULL AND c.column_name <> 'deleted_at'
        ORDER BY (c.table_name = 'vsmmu') DESC, c.table_name, c.ordinal_position
        """;
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(columns)) {
      while (rows.next()) {
        tables
            .computeIfAbsent(rows.getString(1), _ -> new ArrayList<>())
            .add(
                new Column(
                    rows.getString(2),
                    rows.getString(3),
                    Objects.requireNonNullElse(rows.getString(4), "")));
      }
    }
    return tables;
  }

  private String insertion(String table, List<Column> columns) {
    counter++;
    List<String> names = columns.stream().map(Column::name).toList();
    List<String> values = columns.stream().map(this::value).toList();
    return "INSERT INTO %s (%s) VALUES (%s)"
        .formatted(table, String.join(", ", names), String.join(", ", values));
  }

  /** A value that no row has, or one that the column may refer to. */
  private String value(Column column) {
    if (!column.refersTo().isEmpty()) {
      String[] target = column.refersTo().split("\\.");
      return "(SELECT max(%s) FROM %s)".formatted(target[1], target[0]);
    }
    return switch (column.type()) {
      case "uuid" -> "gen_random_uuid()";
      case "bytea" -> "'\\x%064x'".formatted(counter);
      case "timestamp with time zone" -> "now()";
      case "boolean" -> "true";
      case "ARRAY" -> "'{}'";
      case "text" -> "'text %d'".formatted(counter);
      default -> Integer.toString(counter);
    };
  }

  private static int write(Connection connection, String insertion) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate(insertion);
    }
  }

  private static void read(Connection connection, String table, List<Column> columns)
      throws SQLException {
    String names = String.join(", ", columns.stream().map(Column::name).toList());
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT %s FROM %s".formatted(names, table))) {
      assertThat(rows.next()).as(table).isTrue();
    }
  }
}
