/** The audit log: who changed what through the API. */
@NullMarked
package io.vsmmu.control.audit;

import org.jspecify.annotations.NullMarked;
