package io.vsmmu.control.vmm;

import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.host.kernel.HostProblem;
import io.vsmmu.host.kernel.HostProblem.Kind;

/** Descriptors of a VMM that the service does not take. */
final class RefusedOfferException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient HostProblem problem;

  RefusedOfferException(HostProblem problem) {
    super(problem.what().message());
    this.problem = problem;
  }

  HostProblem problem() {
    return problem;
  }

  /** A problem of a request, as one of the message that made it. */
  static HostProblem problem(RequestRefusedException refused) {
    return new HostProblem(Kind.WRONG_MESSAGE, refused.problems().getFirst());
  }
}
