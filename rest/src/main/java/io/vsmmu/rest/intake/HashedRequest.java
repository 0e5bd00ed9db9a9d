package io.vsmmu.rest.intake;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/** A request whose body is hashed (SHA-256) while it is read. */
final class HashedRequest extends HttpServletRequestWrapper {

  private final MessageDigest digest;
  private @Nullable ServletInputStream body;

  HashedRequest(HttpServletRequest request) {
    super(request);
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  @Override
  public ServletInputStream getInputStream() throws IOException {
    ServletInputStream opened = body;
    if (opened == null) {
      opened = new HashedBody(super.getInputStream());
      body = opened;
    }
    return opened;
  }

  /** The SHA-256 of the whole body; reads the rest of the body first. */
  byte[] hash() throws IOException {
    getInputStream().transferTo(OutputStream.nullOutputStream());
    return digest.digest();
  }

  private final class HashedBody extends WatchedBody {

    HashedBody(ServletInputStream body) {
      super(body);
    }

    @Override
    void seen(byte[] bytes, int offset, int length) {
      digest.update(bytes, offset, length);
    }
  }
}
