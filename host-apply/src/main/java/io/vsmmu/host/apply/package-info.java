/**
 * Applies the events of a vSMMU to a host, in order and once, and reports the outcome. The port
 * does not depend on the domain, so this package also compares the ID registers of a vSMMU with
 * those of a host.
 */
@NullMarked
package io.vsmmu.host.apply;

import org.jspecify.annotations.NullMarked;
