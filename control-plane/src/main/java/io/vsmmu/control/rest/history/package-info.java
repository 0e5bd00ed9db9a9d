/** What a vSMMU is, was, and why. */
@NullMarked
package io.vsmmu.control.rest.history;

import org.jspecify.annotations.NullMarked;
