/** Queries of the audit log. */
@NullMarked
package io.vsmmu.rest.audit;

import org.jspecify.annotations.NullMarked;
