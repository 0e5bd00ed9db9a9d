package io.vsmmu.control.vm;

import io.vsmmu.control.audit.Statements;
import io.vsmmu.db.Migrations;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * The table of VMs in PostgreSQL. Every method throws {@code DatabaseException} if the database
 * fails.
 */
final class VmTable {

  private static final String COLUMNS = "id, name, machine, revision, created_at";
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Statements statements;

  /** Runs the migrations of the table first. */
  VmTable(DataSource dataSource) {
    Migrations.run(dataSource, "control");
    this.statements = new Statements(dataSource);
  }

  /** Adds a VM; empty if the name is taken. */
  Optional<Vm> insert(String name, Machine machine) {
    return first(
        "INSERT INTO vm (name, machine) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING " + COLUMNS,
        List.of(name, JSON.writeValueAsString(machine)));
  }

  Optional<Vm> byName(String name) {
    return first(
        "SELECT " + COLUMNS + " FROM vm WHERE name = ? AND deleted_at IS NULL", List.of(name));
  }

  List<Vm> list(int afterId, int limit) {
    return statements.query(
        "SELECT " + COLUMNS + " FROM vm WHERE id > ? AND deleted_at IS NULL ORDER BY id LIMIT ?",
        VmTable::vm,
        List.of(afterId, limit));
  }

  Optional<Vm> change(int id, Machine machine) {
    return first(
        "UPDATE vm SET machine = ?, revision = revision + 1 WHERE id = ? AND deleted_at IS NULL"
            + " RETURNING "
            + COLUMNS,
        List.of(JSON.writeValueAsString(machine), id));
  }

  boolean delete(int id) {
    return statements.update(
            "UPDATE vm SET deleted_at = now() WHERE id = ? AND deleted_at IS NULL", List.of(id))
        == 1;
  }

  private Optional<Vm> first(String sql, List<Object> arguments) {
    return statements.query(sql, VmTable::vm, arguments).stream().findFirst();
  }

  private static Vm vm(ResultSet row) throws SQLException {
    return new Vm(
        row.getInt(1),
        row.getString(2),
        JSON.readValue(row.getString(3), Machine.class),
        row.getInt(4),
        row.getObject(5, OffsetDateTime.class).toInstant());
  }
}
