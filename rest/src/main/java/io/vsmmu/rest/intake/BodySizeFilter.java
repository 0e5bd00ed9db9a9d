package io.vsmmu.rest.intake;

import io.vsmmu.rest.problem.BodyException;
import io.vsmmu.rest.problem.BodyTooLargeException;
import io.vsmmu.rest.problem.Problems;
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

/** Limits the bodies of requests, in bytes and in time. */
@Component
@Order(IntakeOrder.SIZE)
class BodySizeFilter extends ChangingRequestFilter {

  /** The greatest length of a JSON body in bytes. */
  static final long JSON_BYTES = 64 << 10;

  private final long recordingBytes;
  private final BodyPace.PaceLimits pace;
  private final Problems problems;

  BodySizeFilter(
      @Value("${vsmmu.recording-bytes:17179869184}") long recordingBytes,
      BodyPace.PaceLimits pace,
      Problems problems) {
    this.recordingBytes = recordingBytes;
    this.pace = pace;
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
    try {
      chain.doFilter(
          new LimitedBody(request, most, new BodyPace(pace, System::nanoTime)), response);
    } catch (BodyException silent) {
      // Tomcat has answered the read that took too long itself, and accepts no other answer.
      if (!response.isCommitted()) {
        throw silent;
      }
    }
  }

  /** A request whose body throws {@link BodyTooLargeException} behind its limit. */
  private static final class LimitedBody extends HttpServletRequestWrapper {

    private final long most;
    private final BodyPace pace;

    LimitedBody(HttpServletRequest request, long most, BodyPace pace) {
      super(request);
      this.most = most;
      this.pace = pace;
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
      return new BoundedBody(super.getInputStream(), most, pace);
    }
  }

  private static final class BoundedBody extends WatchedBody {

    private final long most;
    private final BodyPace pace;
    private long seen;

    BoundedBody(ServletInputStream body, long most, BodyPace pace) {
      super(body);
      this.most = most;
      this.pace = pace;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return pace.read(() -> super.read(bytes, offset, length));
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
