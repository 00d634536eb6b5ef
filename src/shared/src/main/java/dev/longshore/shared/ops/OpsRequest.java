package dev.longshore.shared.ops;

/// A request to a route of the ops server.
///
/// @param method `GET` or another that the route allows; a HEAD comes as GET
/// @param path the full path, percent-decoded
/// @param query percent-encoded, without the question mark; empty when there is none
/// @param body no longer than its route allows
public record OpsRequest(String method, String path, String query, byte[] body) {}
