package io.vsmmu.control.audit;

import java.sql.SQLException;

/** PostgreSQL refused a statement or could not be reached. */
public final class DatabaseException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  DatabaseException(SQLException cause) {
    super("The database failed: " + cause.getMessage(), cause);
  }
}
