/**
 * Applies the events of a vSMMU to a host, in order, once, and reports the outcome. Of the host's
 * packages this one alone uses the domain, so it also compares what a vSMMU shows with a host.
 */
@NullMarked
package io.vsmmu.host.apply;

import org.jspecify.annotations.NullMarked;
