package dev.longshore.e2e.torture;

/// What is done to the agent and to what it depends on.
enum FaultKind {
  KILL_AGENT("agent killed with -9", 5, 0, 0),
  TERMINATE_AGENT("agent ended with SIGTERM", 4, 0, 0),
  KILL_ELASTICSEARCH("Elasticsearch killed with -9", 1, 0, 0),
  CUT_REQUESTS("connections reset in a request", 4, 1_000, 4_000),
  LOSE_ANSWERS("answers lost after indexing", 5, 1_000, 4_000),
  CUT_ANSWERS("answers cut in half", 3, 1_000, 3_000),
  TOO_MANY("429 with Retry-After", 4, 1_000, 5_000),
  UNAVAILABLE("503, in words or in HTML", 4, 1_000, 5_000),
  FAIL_ITEMS("single items failed: 429, 503, 400", 5, 1_000, 5_000),
  TOO_LARGE("413", 3, 1_000, 4_000),
  SLOW("slow answers", 2, 1_000, 5_000),
  BLOCK_WRITES("data stream blocked for writing", 3, 2_000, 6_000),
  ROLLOVER("data stream rolled over", 2, 0, 0),
  ROLLOVER_IN_DOUBT("rolled over between a request and its repetition", 5, 0, 0),
  FULL_DISK("no space left under the buffer", 3, 2_000, 8_000),
  DELETE_UNREAD("a burst rotated away with the buffer full", 2, 6_000, 10_000),
  API_SERVER_AWAY("API server away", 2, 3_000, 15_000),
  DELETE_POD("pod deleted with unread logs", 4, 0, 0),
  RESTART_CONTAINER("container restarted", 3, 0, 0),
  JUMP_CLOCK("clock jumped", 3, 0, 0);

  final String text;
  final int weight;
  final int leastMillis;
  final int mostMillis;

  FaultKind(String text, int weight, int leastMillis, int mostMillis) {
    this.text = text;
    this.weight = weight;
    this.leastMillis = leastMillis;
    this.mostMillis = mostMillis;
  }
}
