/** Questions to the audit log. */
@NullMarked
package io.vsmmu.control.rest.audit;

import org.jspecify.annotations.NullMarked;
