package dev.longshore.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The roles that `deploy/platform/files/elasticsearch-roles.yml` gives to users, in the files of a
/// secured Elasticsearch: each role as it is, and once without each of its privileges.
///
/// A user is named after the roles that it has; all have the same password.
public final class ElasticRoles {
  /// The password of every user.
  public static final String PASSWORD = "pass-of-the-e2e-test";

  /// What `elasticsearch-users useradd` writes for it.
  private static final String HASH = "$2a$10$wZFmcIs7oc92odsbtN4kWuuZzrtnmSisKRx3KnyA8PdhL728xbXBq";

  private static final String FILE = "deploy/platform/files/elasticsearch-roles.yml";
  private static final ObjectMapper JSON = new ObjectMapper();

  /// A privilege of a role.
  ///
  /// @param role the role that has it
  /// @param entry the how many-th entry of the role's `indices` it is in; negative for the cluster
  /// @param name such as `read`
  public record Privilege(String role, int entry, String name) {
    /// The user who has the role without this. A name takes neither the colon nor the slash of an
    /// action.
    public String userWithout() {
      return role + "-without-" + name.replaceAll("[:/]", ".") + (entry < 0 ? "" : "-" + entry);
    }

    @Override
    public String toString() {
      return role + " without " + name + (entry < 0 ? " on the cluster" : " in entry " + entry);
    }
  }

  private ElasticRoles() {}

  /// The user who has these roles.
  public static String user(String... roles) {
    return String.join("+", roles);
  }

  /// All privileges of a role.
  public static List<Privilege> privileges(String role) {
    JsonNode rights = rights(role);
    List<Privilege> privileges = new ArrayList<>();
    for (JsonNode name : rights.path("cluster")) {
      privileges.add(new Privilege(role, -1, name.asText()));
    }
    for (int entry = 0; entry < rights.path("indices").size(); entry++) {
      for (JsonNode name : rights.path("indices").path(entry).path("privileges")) {
        privileges.add(new Privilege(role, entry, name.asText()));
      }
    }
    return privileges;
  }

  /// The rights of roles by their names, as JSON: what an API key with these roles and no other is
  /// made with.
  public static String descriptors(String... roles) {
    ObjectNode descriptors = JSON.createObjectNode();
    for (String role : roles) {
      descriptors.set(role, rights(role));
    }
    return text(descriptors);
  }

  private static JsonNode rights(String role) {
    JsonNode rights = read().path(role);
    if (rights.isMissingNode()) {
      throw new IllegalArgumentException(FILE + " has no role " + role);
    }
    return rights;
  }

  /// Files for the configuration folder of Elasticsearch, by their names.
  static Map<String, String> files() {
    Map<String, JsonNode> roles = new LinkedHashMap<>();
    Map<String, List<String>> usersOfRole = new TreeMap<>();
    List<String> users = new ArrayList<>();
    for (Map.Entry<String, JsonNode> role : read().properties()) {
      roles.put(role.getKey(), role.getValue());
      for (Privilege privilege : privileges(role.getKey())) {
        String without = privilege.userWithout();
        roles.put(without, without(role.getValue(), privilege));
        users.add(without);
        usersOfRole.put(without, List.of(without));
      }
    }
    List<String> whole = new ArrayList<>();
    read().fieldNames().forEachRemaining(whole::add);
    for (int subset = 1; subset < (1 << whole.size()); subset++) {
      List<String> has = new ArrayList<>();
      for (int role = 0; role < whole.size(); role++) {
        if ((subset & (1 << role)) != 0) {
          has.add(whole.get(role));
        }
      }
      String user = String.join("+", has);
      users.add(user);
      has.forEach(role -> usersOfRole.computeIfAbsent(role, _ -> new ArrayList<>()).add(user));
    }
    StringBuilder passwords = new StringBuilder();
    users.forEach(user -> passwords.append(user).append(':').append(HASH).append('\n'));
    StringBuilder memberships = new StringBuilder();
    usersOfRole.forEach(
        (role, of) ->
            memberships.append(role).append(':').append(String.join(",", of)).append('\n'));
    StringBuilder definitions = new StringBuilder();
    roles.forEach(
        (role, rights) -> definitions.append(role).append(": ").append(text(rights)).append('\n'));
    return Map.of(
        "roles.yml", definitions.toString(),
        "users", passwords.toString(),
        "users_roles", memberships.toString());
  }

  private static JsonNode without(JsonNode rights, Privilege privilege) {
    ObjectNode less = rights.deepCopy();
    JsonNode names =
        privilege.entry() < 0
            ? less.path("cluster")
            : less.path("indices").path(privilege.entry()).path("privileges");
    ArrayNode list = (ArrayNode) names;
    for (int i = list.size() - 1; i >= 0; i--) {
      if (list.path(i).asText().equals(privilege.name())) {
        list.remove(i);
      }
    }
    if (list.isEmpty()) {
      if (privilege.entry() < 0) {
        less.remove("cluster");
      } else {
        ((ArrayNode) less.path("indices")).remove(privilege.entry());
      }
    }
    return less;
  }

  private static ObjectNode read() {
    try {
      return JSON.valueToTree(
          Serialization.unmarshal(
              Files.readString(ProjectFolder.find().resolve(FILE)), LinkedHashMap.class));
    } catch (IOException e) {
      throw new UncheckedIOException(FILE + " can't be read", e);
    }
  }

  /// On one line, as a role must be that is written in JSON.
  private static String text(JsonNode rights) {
    try {
      return JSON.writeValueAsString(rights);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
