package io.vsmmu.rest.web;

import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.core.converter.ResolvedSchema;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.servers.Server;
import io.vsmmu.rest.problem.ProblemResource;
import io.vsmmu.rest.value.GivenPoint;
import io.vsmmu.rest.value.GivenPosition;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The parts of the OpenAPI document that concern all operations. */
@Configuration(proxyBeanMethods = false)
class ApiDescription {

  private static final String PROBLEM = "Problem";
  private static final String PROBLEM_JSON = "application/problem+json";

  @Bean
  OpenAPI openApi() {
    return new OpenAPI()
        .info(
            new Info()
                .title("vSMMU control plane")
                .version("v1")
                .description(
                    "Event-sourced virtual Arm SMMUv3s. Numbers of registers, addresses, StreamIDs"
                        + " and STE words are \"0x..\" strings in answers; requests take decimal"
                        + " ones too. Lists are read page by page: `next` of one page is `after` of"
                        + " the next."))
        .servers(List.of(new Server().url("/").description("This service")));
  }

  /**
   * Parameters are described as texts: each has its own forms, decimal and hexadecimal for
   * instance, and a client need not know the type that they are converted to.
   */
  @Bean
  OpenApiCustomizer parametersAreTexts() {
    SpringDocUtils.getConfig()
        .addSimpleTypesForParameterObject(GivenPoint.class, GivenPosition.class, Instant.class);
    return api ->
        api.getPaths().values().stream()
            .flatMap(path -> path.readOperations().stream())
            .filter(operation -> operation.getParameters() != null)
            .flatMap(operation -> operation.getParameters().stream())
            .forEach(ApiDescription::describeAsText);
  }

  private static void describeAsText(Parameter parameter) {
    Schema<?> described = parameter.getSchema();
    Schema<String> text = new Schema<>();
    text.setTypes(Set.of("string"));
    if (described != null && described.getDefault() != null) {
      text.setDefault(described.getDefault().toString());
    }
    parameter.setSchema(text);
  }

  /** Every operation can end in a problem, and every POST can be repeated. */
  @Bean
  OpenApiCustomizer problemsAndKeys() {
    return api -> {
      ResolvedSchema problem =
          ModelConverters.getInstance(true)
              .resolveAsResolvedSchema(new AnnotatedType(ProblemResource.class).resolveAsRef(true));
      problem.referencedSchemas.forEach(api.getComponents()::addSchemas);
      api.getPaths()
          .values()
          .forEach(
              path ->
                  path.readOperationsMap()
                      .forEach(
                          (method, operation) -> {
                            describeProblem(operation);
                            if (method.name().equals("POST")) {
                              describeKey(operation);
                            }
                          }));
    };
  }

  private static void describeProblem(Operation operation) {
    Schema<?> reference = new Schema<>().$ref("#/components/schemas/" + PROBLEM);
    operation
        .getResponses()
        .addApiResponse(
            "default",
            new ApiResponse()
                .description("A problem detail (RFC 9457)")
                .content(
                    new Content().addMediaType(PROBLEM_JSON, new MediaType().schema(reference))));
  }

  private static void describeKey(Operation operation) {
    operation.addParametersItem(
        new Parameter()
            .in("header")
            .name("Idempotency-Key")
            .description(
                "1 to 255 printable characters, kept for 24 hours: a repeated request with the same"
                    + " key and body gets the same answer and has no second effect")
            .schema(new Schema<String>().types(Set.of("string"))));
  }
}
