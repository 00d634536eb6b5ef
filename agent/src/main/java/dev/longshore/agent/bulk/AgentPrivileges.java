package dev.longshore.agent.bulk;

import dev.longshore.shared.elastic.DataStreamTemplate;
import dev.longshore.shared.elastic.NodeReports;
import dev.longshore.shared.elastic.Privileges;
import dev.longshore.shared.elastic.Watermarks;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the agent's user must be allowed in Elasticsearch, role by role.
public final class AgentPrivileges {
  private AgentPrivileges() {}

  /// The role `longshore_writer`: without it logs stay in the buffer, or get mappings that are not
  /// ours.
  public static Privileges writing(String dataStream) {
    List<String> logs =
        List.of(
            "auto_configure",
            "create_doc",
            "view_index_metadata",
            "manage_data_stream_lifecycle",
            "indices:admin/rollover");
    Map<String, List<String>> indices = new LinkedHashMap<>();
    indices.put(dataStream, logs);
    indices.put(DataStreamTemplate.DEAD_LETTERS, logs);
    indices.put(Watermarks.INDEX, List.of("auto_configure", "index"));
    indices.put(NodeReports.INDEX, List.of("auto_configure", "index"));
    return new Privileges(List.of("manage_index_templates"), indices);
  }

  /// The role `longshore_repair`: without it a record whose answer was lost while its data stream
  /// rolled over may be indexed twice.
  public static Privileges repairing(String dataStream) {
    return new Privileges(
        List.of(), Map.of(dataStream, List.of("read", "delete", "view_index_metadata")));
  }
}
