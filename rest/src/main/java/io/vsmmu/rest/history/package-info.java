/** What a vSMMU is, was, and why. */
@NullMarked
package io.vsmmu.rest.history;

import org.jspecify.annotations.NullMarked;
