/** What requests may ask for, and how a refusal is said. */
@NullMarked
package io.vsmmu.control.request;

import org.jspecify.annotations.NullMarked;
