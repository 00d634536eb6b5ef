package dev.longshore.agent.enrich;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How it stands with the API server. For people: nothing stops when it is away.
///
/// @param enabled whether the API server is asked at all
/// @param connected whether both watches stand
/// @param server the API server's address, or null before the configuration was read
/// @param lastError what failed last and was not followed by a success, or null
/// @param podsKnown pods on this node, and those that are deleted but not yet shipped
/// @param podsDeleted how many of them are deleted
/// @param lastEvent when the API server last told something, or null
public record MetadataStatus(
    boolean enabled,
    boolean connected,
    @Nullable String server,
    @Nullable String lastError,
    int podsKnown,
    int podsDeleted,
    @Nullable Instant lastEvent) {}
