package dev.longshore.agent.pipeline;

import dev.longshore.agent.enrich.PodRules;
import dev.longshore.agent.tail.FileStatus;
import org.jspecify.annotations.Nullable;

/// A file for the status page: how far it is, what it waits for, and the rules that apply.
///
/// @param status how far it is read
/// @param waiting what it waits for, or empty
/// @param dataStream where its records go, or null before its metadata was looked up
/// @param enriched whether its records carry the pod's metadata
/// @param rules what the pod's annotations say
public record FileView(
    FileStatus status,
    String waiting,
    @Nullable String dataStream,
    boolean enriched,
    PodRules rules) {}
