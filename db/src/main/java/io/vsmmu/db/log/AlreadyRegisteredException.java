package io.vsmmu.db.log;

import java.util.UUID;

/** Thrown when a vSMMU's name or aggregate id is already registered. */
public final class AlreadyRegisteredException extends RuntimeException {

  AlreadyRegisteredException(String name, UUID aggregateId) {
    super("A vSMMU named '" + name + "' or with aggregate id " + aggregateId + " exists already");
  }
}
