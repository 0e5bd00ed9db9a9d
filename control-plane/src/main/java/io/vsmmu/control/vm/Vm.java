package io.vsmmu.control.vm;

import java.time.Instant;

/**
 * A virtual machine that is not deleted.
 *
 * @param id number, from 1, never used again
 * @param name unique among those that are not deleted
 * @param machine the description by an operator
 * @param revision counts the changes of {@code machine}, from 1
 */
public record Vm(int id, String name, Machine machine, int revision, Instant createdAt) {}
