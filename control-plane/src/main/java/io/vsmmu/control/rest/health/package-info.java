/** Whether the service is ready, and how far its log is. */
@NullMarked
package io.vsmmu.control.rest.health;

import org.jspecify.annotations.NullMarked;
