package io.vsmmu.rest.access;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.userdetails.User;

/** The client of a certificate in Spring Security's terms. */
final class CertificateUser extends User {

  private static final long serialVersionUID = 1L;

  private final transient Caller caller;

  CertificateUser(Caller caller) {
    super(caller.subject(), "", List.of());
    this.caller = caller;
  }

  Caller caller() {
    return caller;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return super.equals(other);
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }
}
