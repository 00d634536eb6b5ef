package dev.longshore.agent.config;

import dev.longshore.shared.config.Reference;
import java.util.Map;

/// `agent/CONFIGURATION.md`: what people read about the keys, made from their declarations.
final class ConfigurationPage {
  private static final String INTRODUCTION =
      """
      # The agent's configuration

      One YAML file, named by `--config`. `longshore agent --check --config FILE` tells all that is wrong with it
      and starts nothing.

      ```yaml
      cluster:
        name: prod-eu
      buffer:
        maxSize: 4GiB
      elasticsearch:
        urls: [https://es-1:9200, https://es-2:9200]
        apiKey: ${ES_API_KEY}
      ```

      - Each key has a default; what is not written, or written without a value (`key:`), has it.
      - `${NAME}` stands for an environment variable, `${NAME:text}` for the variable or, where it is not set, the
        text; `$${` for the characters `${`. A key without default that becomes empty counts as not written.
      - Durations are `500ms`, `30s`, `1h30m`, `14d`. Sizes are `256KiB`, `1GiB` (by 1,024; `1Gi` as Kubernetes writes it is the same) or `64MB` (by 1,000).
      - A relative path, also in a pattern of `tail.paths`, begins in this file's folder, wherever the process was started.
      - Where a list is wanted, a single value is a list of one.
      - Unknown keys, doubled keys and values of the wrong kind are refused, all in one go, each with its line.
      - `LONGSHORE_LOG_LEVEL` in the environment sets the agent's own log: `trace`, `debug`, `info`, `warn`, `error`.

      ## Memory

      | What | How much | In the chart's container of 320Mi |
      |---|---|---|
      | Heap | a quarter of the container's memory limit; `-Xmx` in `JAVA_TOOL_OPTIONS` goes before it | 80 MiB |
      | What may be held at a time: open and long records, batches, windows of `.gz` files, replies of the ops port | half of the heap, 256 MiB at most | 40 MiB |
      | The JVM beside the heap | about 120 MiB | 120 MiB |

      When what may be held is spent, something waits or is sent in smaller pieces, and nothing is lost:
      `longshore_agent_memory_refusals_total` says what had to wait. Nodes with hundreds of busy containers ship faster
      with a higher limit. Where nothing limits the process, pass `-Xmx`: else the heap follows the machine's memory.

      This page is made from the code by `ConfigurationPageTest`, which fails when it is stale.
      """;

  private ConfigurationPage() {}

  static String markdown() {
    return Reference.markdown(
        INTRODUCTION,
        root -> {
          var _ = AgentKeys.read(root, Map.of(), () -> "host");
        });
  }
}
