package io.vsmmu.rest.intake;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What one client, and all clients of one vSMMU, may ask of the service. A client is described by
 * {@link Client}. The defaults are far above what a script or the console asks for.
 *
 * @param requestsPerSecond requests of one client; further ones are refused
 * @param requestsAtOnce requests that a client which was silent may send at once
 * @param changesPerSecond changing requests to one vSMMU, of all clients; further ones are refused
 * @param changesAtOnce changing requests that a vSMMU which was left alone takes at once
 * @param requestsInProgress requests of one client that are worked on at the same time; further
 *     ones wait for their turn
 * @param turnWait how long a request waits for its turn before it is refused
 * @param streams event streams of one client at the same time; a further one is refused
 * @param exports exports of one client at the same time; a further one is refused
 * @param traces traces that are written for one client at the same time; a further one is refused
 * @param uploads recordings of one client that are received and imported at the same time; a
 *     further one is refused
 * @param connections connections from one address at the same time. When many of them wait for a
 *     request, those that wait longest are closed; what exceeds the number is closed at once
 */
@ConfigurationProperties("vsmmu.limits")
public record RequestLimits(
    @DefaultValue("2000") int requestsPerSecond,
    @DefaultValue("10000") int requestsAtOnce,
    @DefaultValue("500") int changesPerSecond,
    @DefaultValue("5000") int changesAtOnce,
    @DefaultValue("32") int requestsInProgress,
    @DefaultValue("10s") Duration turnWait,
    @DefaultValue("64") int streams,
    @DefaultValue("2") int exports,
    @DefaultValue("1") int traces,
    @DefaultValue("6") int uploads,
    @DefaultValue("512") int connections) {

  /** Clients and vSMMUs whose rates are measured; of further ones the least recent is forgotten. */
  static final int MEASURED = 4096;
}
