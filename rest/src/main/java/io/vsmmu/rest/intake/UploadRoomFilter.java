package io.vsmmu.rest.intake;

import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.Problems;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Limits the number of recordings that are received and imported at the same time, because each
 * takes a file on disk.
 */
@Component
@Order(IntakeOrder.UPLOADS)
class UploadRoomFilter extends ChangingRequestFilter {

  private final ClientRoom room;
  private final Problems problems;

  UploadRoomFilter(
      @Value("${vsmmu.web.uploads:8}") int uploads, RequestLimits limits, Problems problems) {
    this.room = new ClientRoom("imports", uploads, limits.uploads());
    this.problems = problems;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return super.shouldNotFilter(request) || !request.getRequestURI().equals(RECORDINGS);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    ClientRoom.Place place;
    try {
      place = room.take(Client.of(request));
    } catch (ProblemException full) {
      problems.write(full, request, response);
      return;
    }
    try (place) {
      chain.doFilter(request, response);
    }
  }
}
