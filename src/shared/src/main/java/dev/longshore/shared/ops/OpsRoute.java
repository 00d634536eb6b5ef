package dev.longshore.shared.ops;

/// Answers requests to one path.
@FunctionalInterface
public interface OpsRoute {

  /// The answer; called from a virtual thread for each request, and may block; for a probe from the
  /// server's own thread, and must not. What it throws is a 500 that says so.
  OpsReply answer(OpsRequest request) throws Exception;
}
