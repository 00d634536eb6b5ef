package dev.longshore.alerting.state.postgres;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where the database is and who we are there.
///
/// @param url `jdbc:postgresql://…`, without user and password
/// @param username null when a file says it
/// @param usernameFile read for each connection
/// @param password null when a file says it, or none is needed
/// @param passwordFile read for each connection
/// @param advertise where other replicas reach this one; null when it is the only one
/// @param peers how those with TLS at their port are reached; null for the JVM's own trust
public record PostgresConfig(
    String url,
    @Nullable String username,
    @Nullable Path usernameFile,
    @Nullable String password,
    @Nullable Path passwordFile,
    @Nullable String advertise,
    @Nullable PeerTls peers) {

  private static final String SCHEME = "postgresql://";

  /// @throws IllegalArgumentException with all that is wrong with it
  public PostgresConfig {
    url = url.startsWith("jdbc:") ? url : "jdbc:" + url;
    List<String> problems = new ArrayList<>();
    if (!url.startsWith("jdbc:" + SCHEME) || url.length() == ("jdbc:" + SCHEME).length()) {
      problems.add("url is not one of PostgreSQL; write postgresql://host:5432/database");
    }
    if (url.contains("@") || url.matches(".*[?&](user|password)=.*")) {
      problems.add("url must not hold user or password; set username and passwordFile");
    }
    if ((username == null) == (usernameFile == null)) {
      problems.add("one of username and usernameFile is required");
    }
    if (password != null && passwordFile != null) {
      problems.add("password and passwordFile exclude each other");
    }
    if (advertise != null && !advertise.matches("https?://[^/]+(/.*)?")) {
      problems.add("advertise is not a URL; write http://host:port");
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  /// Without the password.
  @Override
  public String toString() {
    return "PostgresConfig[url=" + url + ", advertise=" + advertise + "]";
  }
}
