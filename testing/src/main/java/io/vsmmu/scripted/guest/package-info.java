/** A scripted guest behind a scripted VMM: what a Linux driver does, without Linux. */
@NullMarked
package io.vsmmu.scripted.guest;

import org.jspecify.annotations.NullMarked;
