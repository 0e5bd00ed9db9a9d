package io.vsmmu.control.rest.intake;

import io.vsmmu.control.rest.problem.BodyTooLargeException;
import io.vsmmu.control.rest.problem.Problems;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Bounds the bodies of requests. */
@Component
@Order(IntakeOrder.SIZE)
class BodySizeFilter extends ChangingRequestFilter {

  /** Bytes of a JSON body, at most. */
  static final long JSON_BYTES = 64 << 10;

  private final long recordingBytes;
  private final Problems problems;

  BodySizeFilter(
      @Value("${vsmmu.recording-bytes:17179869184}") long recordingBytes, Problems problems) {
    this.recordingBytes = recordingBytes;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    long most = request.getRequestURI().equals(RECORDINGS) ? recordingBytes : JSON_BYTES;
    if (request.getContentLengthLong() > most) {
      problems.write(new BodyTooLargeException(most), request, response);
      return;
    }
    chain.doFilter(new Bounded(request, most), response);
  }

  /** A request whose body ends in an exception where it is too long. */
  private static final class Bounded extends HttpServletRequestWrapper {

    private final long most;

    Bounded(HttpServletRequest request, long most) {
      super(request);
      this.most = most;
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
      return new BoundedBody(super.getInputStream(), most);
    }
  }

  private static final class BoundedBody extends WatchedBody {

    private final long most;
    private long seen;

    BoundedBody(ServletInputStream body, long most) {
      super(body);
      this.most = most;
    }

    @Override
    void seen(byte[] bytes, int offset, int length) throws IOException {
      seen += length;
      if (seen > most) {
        throw new BodyTooLargeException(most);
      }
    }
  }
}
