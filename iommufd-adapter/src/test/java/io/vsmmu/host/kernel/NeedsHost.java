package io.vsmmu.host.kernel;

import java.util.List;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Runs a class where the kernel has an iommufd and a device for it; says why elsewhere. */
public final class NeedsHost implements ExecutionCondition {

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    List<HostProblem> problems = new IommufdHost().diagnosis().host();
    if (!problems.isEmpty()) {
      return ConditionEvaluationResult.disabled(problems.getFirst().what().message());
    }
    return new HostCast(HostPaths.system()).device().isPresent()
        ? ConditionEvaluationResult.enabled("iommufd and a device")
        : ConditionEvaluationResult.disabled(
            "no vfio device that is alone in its iommu group behind an SMMUv3");
  }
}
