/** Recordings of vSMMUs: what others traced, and files of our own. */
@NullMarked
package io.vsmmu.recordings;

import org.jspecify.annotations.NullMarked;
