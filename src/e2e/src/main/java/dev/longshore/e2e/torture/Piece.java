package dev.longshore.e2e.torture;

/// One line as a container's runtime writes it.
///
/// @param stream `stdout` or `stderr`
/// @param text what the container wrote; a partial one goes on in the next of its stream
/// @param partial whether the runtime split here
/// @param record which of the records that were made together it belongs to
/// @param poison whether Elasticsearch is made to refuse it
record Piece(String stream, String text, boolean partial, int record, boolean poison) {
  /// By this in the text the proxy knows what to refuse.
  static final String POISON = "poison-pill";
}
