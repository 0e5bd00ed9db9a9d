package io.vsmmu.rest.intake;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Ends an answer whose client reads it more slowly than it must. Tomcat's own limit ({@code
 * server.tomcat.connection-timeout}) begins again with every byte that is read, and an export holds
 * a connection to the database meanwhile. The time in which nothing has to be sent, as on an event
 * stream without events, does not count.
 */
@Component
@Order(IntakeOrder.ANSWER)
class AnswerPaceFilter extends InterfaceFilter {

  private final BodyPace.PaceLimits limits;

  AnswerPaceFilter(
      @Value("${vsmmu.web.answer-window:10s}") Duration window,
      @Value("${vsmmu.web.answer-bytes-per-second:1024}") long bytesPerSecond) {
    this.limits = new BodyPace.PaceLimits(window, bytesPerSecond);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    chain.doFilter(
        request,
        new WatchedAnswer(
            response,
            new AnswerPace(
                limits, System::nanoTime, slow -> ClientConnection.close(request, slow))));
  }

  private static final class WatchedAnswer extends HttpServletResponseWrapper {

    private final AnswerPace pace;

    WatchedAnswer(HttpServletResponse answer, AnswerPace pace) {
      super(answer);
      this.pace = pace;
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
      return new WatchedOutput(super.getOutputStream(), pace);
    }

    @Override
    public void flushBuffer() throws IOException {
      pace.write(0, super::flushBuffer);
    }
  }

  private static final class WatchedOutput extends ServletOutputStream {

    private final ServletOutputStream out;
    private final AnswerPace pace;

    WatchedOutput(ServletOutputStream out, AnswerPace pace) {
      this.out = out;
      this.pace = pace;
    }

    @Override
    public void write(int value) throws IOException {
      pace.write(1, () -> out.write(value));
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      pace.write(length, () -> out.write(bytes, offset, length));
    }

    @Override
    public void flush() throws IOException {
      pace.write(0, out::flush);
    }

    @Override
    public void close() throws IOException {
      out.close();
    }

    @Override
    public boolean isReady() {
      return out.isReady();
    }

    @Override
    public void setWriteListener(WriteListener listener) {
      out.setWriteListener(listener);
    }
  }
}
