package dev.longshore.agent.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.longshore.agent.bulk.AgentPrivileges;
import dev.longshore.agent.config.AgentConfig;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.DataStreamTemplate;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.net.FailureText;
import dev.longshore.shared.units.DataSize;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Whether an agent with a configuration could work on this machine: Elasticsearch answers and
/// accepts the login, the user has the privileges, the index template is there or can be installed,
/// the buffer's disk has room, and log files can be read. Each part is one line; nothing is
/// changed.
final class ConnectionCheck {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_FOLDERS_DEEP = 16;
  private static final Set<String> HEALTH = Set.of("green", "yellow", "red");

  private final AgentConfig config;
  private final Clock clock;
  private final PrintStream out;
  private boolean whole = true;

  ConnectionCheck(AgentConfig config, Clock clock, PrintStream out) {
    this.config = config;
    this.clock = clock;
    this.out = out;
  }

  /// @return whether every part is as it should be
  boolean run() {
    try (Elastic elastic = new Elastic(config.elastic(), clock)) {
      if (reached(elastic)) {
        privileges(elastic);
        template(elastic);
      }
    }
    disk();
    files();
    return whole;
  }

  private boolean reached(Elastic elastic) {
    try {
      Elastic.Response answer = elastic.request("GET", "/_cluster/health", null);
      // Who may not see the health has logged in; Elasticsearch Serverless shows it to nobody.
      boolean hidden = answer.status() == 403 || answer.status() == 410;
      if (!answer.ok() && !hidden) {
        throw answer.refused("GET /_cluster/health");
      }
      String state = json(answer).path("status").asText();
      if (hidden ? !json(answer).has("error") : !HEALTH.contains(state)) {
        failed(
            "elasticsearch",
            config.elastic().urls()
                + " answers, but not as Elasticsearch does; elasticsearch.urls may name another"
                + " server, or one that stands before it");
        return false;
      }
      ok(
          "elasticsearch",
          config.elastic().urls()
              + (hidden
                  ? " answers and accepts the login"
                  : " answers, cluster health is " + state));
      return version(elastic);
    } catch (IOException e) {
      failed("elasticsearch", FailureText.of(e));
      return false;
    }
  }

  /// Whether the server is new enough; one that does not say which it is may be.
  private boolean version(Elastic elastic) throws IOException {
    Elastic.Response answer = elastic.request("GET", "/", null);
    JsonNode version = answer.ok() ? json(answer).path("version") : MissingNode.getInstance();
    String number = version.path("number").asText();
    if (version.path("distribution").asText().equals("opensearch")) {
      ok("elasticsearch", "it is OpenSearch " + number + ", which no test of ours covers");
      return true;
    }
    if (number.matches("[0-7]\\..*")) {
      failed("elasticsearch", "it is version " + number + "; 8.0 or newer is required");
      return false;
    }
    return true;
  }

  /// Nothing where it is no JSON.
  private static JsonNode json(Elastic.Response answer) {
    try {
      return JSON.readTree(answer.body());
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }

  private void privileges(Elastic elastic) {
    String dataStream = config.ship().dataStream();
    try {
      Optional<List<String>> writing = AgentPrivileges.writing(dataStream).missing(elastic);
      if (writing.isEmpty()) {
        ok("privileges", "not checked: this Elasticsearch runs without security");
        return;
      }
      if (writing.get().isEmpty()) {
        ok("privileges", "the user has all that shipping needs");
      } else {
        failed("privileges", "missing " + String.join(", ", writing.get()));
      }
      List<String> repairing =
          AgentPrivileges.repairing(dataStream).missing(elastic).orElse(List.of());
      if (!repairing.isEmpty()) {
        ok(
            "privileges",
            "without "
                + String.join(", ", repairing)
                + ": documents whose answer is lost while a data stream rolls over may be doubled");
      }
    } catch (IOException e) {
      failed("privileges", FailureText.of(e));
    }
  }

  private void template(Elastic elastic) {
    String name = new DataStreamTemplate(elastic, config.ship().dataStream(), null).name();
    try {
      Elastic.Response answer = elastic.request("GET", "/_index_template/" + name, null);
      if (answer.ok()) {
        ok(
            "index template",
            name + " is installed; the agent updates it if it is older than its own");
      } else if (answer.status() == 404) {
        ok("index template", name + " is not installed; the agent installs it when it starts");
      } else {
        throw answer.refused("GET /_index_template/" + name);
      }
    } catch (IOException e) {
      failed("index template", FailureText.of(e));
    }
  }

  private void disk() {
    Path folder = config.buffer().dir().toAbsolutePath();
    Path there = folder;
    while (!Files.exists(there)) {
      Path above = there.getParent();
      if (above == null) {
        break;
      }
      there = above;
    }
    try {
      DataSize free = DataSize.ofMiB(Files.getFileStore(there).getUsableSpace() >> 20);
      String figures =
          folder + " has " + free + " free; buffer.minFree is " + config.buffer().minFree();
      if (!Files.isDirectory(there)) {
        failed("buffer", there + " is a file; buffer.dir is a folder");
      } else if (!Files.isWritable(there)) {
        failed("buffer", there + " is not writable");
      } else if (free.bytes() < config.buffer().minFree().bytes()) {
        failed("buffer", figures + ": reading would pause; free some space, or lower it");
      } else {
        ok("buffer", figures + ", buffer.maxSize " + config.buffer().maxSize());
      }
    } catch (IOException e) {
      failed("buffer", FailureText.of(e));
    }
  }

  private void files() {
    for (String pattern : config.tail().paths()) {
      Matches matches = new Matches(FileSystems.getDefault().getPathMatcher("glob:" + pattern));
      Path root = rootOf(pattern);
      try {
        Files.walkFileTree(root, Set.of(), MOST_FOLDERS_DEEP, matches);
      } catch (IOException e) {
        matches.refused(root, e);
      }
      String problem = matches.problem;
      if (problem != null) {
        failed("log files", pattern + ": " + problem);
      } else if (matches.files == 0) {
        failed("log files", pattern + " matches no file");
      } else {
        ok("log files", pattern + " matches " + matches.files + ", all readable");
      }
    }
  }

  /// The folders of a pattern before its first wildcard.
  private static Path rootOf(String pattern) {
    Path root = Path.of("/");
    for (Path part : Path.of(pattern)) {
      if (part.toString().matches(".*[*?\\[{].*")) {
        return root;
      }
      root = root.resolve(part);
    }
    return root;
  }

  /// Counts what a pattern matches and keeps the first that cannot be read.
  private static final class Matches extends SimpleFileVisitor<Path> {
    private final PathMatcher pattern;
    private long files;
    private @Nullable String problem;

    Matches(PathMatcher pattern) {
      this.pattern = pattern;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (pattern.matches(file)) {
        files++;
        if (!Files.isReadable(file) && problem == null) {
          problem = "permission denied: " + file;
        }
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      refused(file, e);
      return FileVisitResult.CONTINUE;
    }

    private void refused(Path file, IOException e) {
      if (problem == null) {
        String text = FailureText.of(e);
        problem = text.contains(file.toString()) ? text : file + ": " + text;
      }
    }
  }

  private void ok(String part, String text) {
    out.println("ok      " + part + ": " + text);
  }

  private void failed(String part, String text) {
    whole = false;
    out.println("FAILED  " + part + ": " + text);
  }
}
