package io.vsmmu.smmu.rules;

/**
 * How accesses behave that no field describes.
 *
 * @param field what is accessed
 */
public record AccessRule(String field, String when, Says says, String section, String choice)
    implements FieldRule {}
