package io.vsmmu.rest.access;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.stereotype.Component;

/**
 * Writes {@link OperationRules} and the kinds of credentials into the OpenAPI document: {@code
 * x-role} is the least role of an operation, and {@code x-all-vms} says that its credential must be
 * for all VMs.
 */
@Component
class DescribedRules implements OpenApiCustomizer {

  private static final String BEARER = "bearer";
  private static final String SESSION = "session";
  private static final String CERTIFICATE = "certificate";
  private static final String PROBLEM = "#/components/schemas/Problem";

  @Override
  public void customise(OpenAPI api) {
    describeCredentials(api.getComponents());
    for (String one : new String[] {BEARER, SESSION, CERTIFICATE}) {
      api.addSecurityItem(new SecurityRequirement().addList(one));
    }
    for (OperationRule rule : OperationRules.all()) {
      PathItem path = api.getPaths().get(rule.path());
      if (path != null) {
        path.readOperationsMap()
            .forEach(
                (method, operation) -> {
                  if (method.name().equals(rule.method())) {
                    describe(rule, operation);
                  }
                });
      }
    }
  }

  private static void describeCredentials(Components components) {
    components.addSecuritySchemes(
        BEARER,
        new SecurityScheme()
            .type(SecurityScheme.Type.HTTP)
            .scheme("bearer")
            .description(
                "The token of the data directory, a named one (POST /api/v1/tokens), or a signed"
                    + " one of the OpenID Connect issuer of the settings. On the Unix socket the"
                    + " user of the connecting process is enough"));
    components.addSecuritySchemes(
        SESSION,
        new SecurityScheme()
            .type(SecurityScheme.Type.APIKEY)
            .in(SecurityScheme.In.COOKIE)
            .name(SessionCookie.PREFIX + "{port}")
            .description(
                "Set by POST /api/v1/session, with the port of the service in its name. A change"
                    + " must be made from a page of the service"));
    components.addSecuritySchemes(
        CERTIFICATE,
        new SecurityScheme()
            .type(SecurityScheme.Type.MUTUALTLS)
            .description("A client certificate whose subject is in vsmmu.access.certificates"));
  }

  private static void describe(OperationRule rule, Operation operation) {
    boolean allVms = rule.reach() == Reach.WHOLE_SERVICE;
    operation.addExtension("x-role", rule.role().toString());
    operation.addExtension("x-all-vms", allVms);
    operation.getResponses().addApiResponse("401", problem("The request has no valid credential"));
    operation
        .getResponses()
        .addApiResponse(
            "403",
            problem(
                ("The credential does not permit it: the least role is %s%s; or a page of another"
                        + " web site made the request")
                    .formatted(rule.role(), allVms ? ", for all VMs" : "")));
  }

  private static ApiResponse problem(String description) {
    return new ApiResponse()
        .description(description)
        .content(
            new Content()
                .addMediaType(
                    "application/problem+json",
                    new MediaType().schema(new Schema<>().$ref(PROBLEM))));
  }
}
