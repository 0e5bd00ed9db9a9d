/** Whether the service is ready, and how far its log is. */
@NullMarked
package io.vsmmu.rest.health;

import org.jspecify.annotations.NullMarked;
