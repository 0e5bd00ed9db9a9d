package io.vsmmu.control.audit;

import java.sql.SQLException;

/** The database could not do it. */
public final class DatabaseException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  DatabaseException(SQLException cause) {
    super("The database failed: " + cause.getMessage(), cause);
  }
}
