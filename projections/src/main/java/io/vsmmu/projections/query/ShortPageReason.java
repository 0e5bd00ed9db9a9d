package io.vsmmu.projections.query;

/** Why a page has fewer items than its limit although it is not the last one. */
public enum ShortPageReason {
  /**
   * The query has examined as many events as one request may, {@link EventQueries#EVENTS_PER_PAGE}.
   * The index selects events that fulfil each condition of the filter, but too few fulfil all at
   * once.
   */
  SEARCH_LIMIT,
  /** The items that the page has already have as many parts as one page may. */
  MEMBER_LIMIT
}
