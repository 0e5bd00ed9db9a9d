/** Events and states as ordered trees of names and values, for JSON and for people. */
@NullMarked
package io.vsmmu.projections.view;

import org.jspecify.annotations.NullMarked;
