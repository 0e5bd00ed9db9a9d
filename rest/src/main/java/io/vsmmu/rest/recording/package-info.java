/** Imports of recordings and exports of logs. */
@NullMarked
package io.vsmmu.rest.recording;

import org.jspecify.annotations.NullMarked;
