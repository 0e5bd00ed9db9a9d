/**
 * Seeded simulation: random programs of a guest, its VMM, an operator, the host and the storage run
 * on the product's own parts and on {@link io.vsmmu.simulation.Architecture}, a small model written
 * from IHI 0070 that shares no code with the product.
 *
 * <pre>
 * Simulate ──► Simulation ──► Machine (the product) ──► Storage
 *                  │     └──► Architecture (the model)
 *                  └► Generator ──► Program, Step
 * </pre>
 */
@NullMarked
package io.vsmmu.simulation;

import org.jspecify.annotations.NullMarked;
