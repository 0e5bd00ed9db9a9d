package io.vsmmu.smmu.spec;

/**
 * A field in which a vSMMU shows, or is asked to show, more than the host's SMMU can back.
 *
 * @param name the field as the comparison calls it: {@link IdField#fullName} of what is shown, the
 *     property's name (such as {@code oas}) of what is asked for
 * @param field the field of both SMMUs
 * @param wanted the vSMMU's value, for an operator
 * @param found the host's value, for an operator
 * @param hostValue the host's value: bits for OAS, else what the field holds
 */
public record HostDifference(
    String name, IdField field, String wanted, String found, int hostValue) {}
