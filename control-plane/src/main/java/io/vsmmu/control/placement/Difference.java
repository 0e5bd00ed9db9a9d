package io.vsmmu.control.placement;

/**
 * Something that a vSMMU needs and a host does not have.
 *
 * @param field what it is about
 * @param needed the log's value
 * @param found the host's value
 * @param remedy what to do about it
 */
public record Difference(String field, String needed, String found, String remedy) {}
