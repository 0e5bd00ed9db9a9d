package io.vsmmu.rest.access;

/**
 * Who may call an operation.
 *
 * @param method of HTTP; GET stands for HEAD too
 * @param path the template in the OpenAPI document
 * @param role the least role; of no meaning if the reach is {@link Reach#PUBLIC}
 */
public record OperationRule(String method, String path, Role role, Reach reach) {}
