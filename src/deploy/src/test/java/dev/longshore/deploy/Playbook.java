package dev.longshore.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The platform's playbook, run by the real Ansible against stand-ins of helm and kubectl that
/// write down what they are asked.
final class Playbook {
  private static final Pattern RECAP =
      Pattern.compile("ok=(\\d+) +changed=(\\d+) +unreachable=(\\d+) +failed=(\\d+)");
  private static final long LIMIT_MINUTES = 10;

  private final ObjectMapper json = new ObjectMapper();
  private final Path records;
  private final String environment;
  private final List<String> arguments = new ArrayList<>();
  private final Map<String, String> variables = new HashMap<>();
  private @Nullable Path inventory;
  private Path workingFolder = Chart.deployFolder().resolve("platform");

  /// @param records where the stand-ins write; two runs with the same see the same cluster
  /// @param environment such as local
  Playbook(Path records, String environment) {
    this.records = records;
    this.environment = environment;
  }

  /// What a run did.
  ///
  /// @param code the exit code
  /// @param output what a person sees
  /// @param calls of helm and kubectl, in order
  record Run(int code, String output, List<Call> calls) {
    /// How many tasks changed something.
    int changed() {
      Matcher recap = RECAP.matcher(output);
      if (!recap.find()) {
        throw new AssertionError("no recap in\n" + output);
      }
      return Integer.parseInt(recap.group(2));
    }

    /// The Helm releases that were put, in order.
    List<Call> releases() {
      return calls.stream().filter(Call::isRelease).toList();
    }
  }

  /// A call of a program.
  ///
  /// @param given what it had on its standard input
  record Call(String program, List<String> arguments, String given) {
    boolean isRelease() {
      return program.equals("helm") && arguments.getFirst().equals("upgrade");
    }

    String release() {
      return arguments.get(2);
    }

    String chart() {
      return arguments.get(3);
    }

    /// The argument behind an option; empty when it is not there.
    String option(String name) {
      int at = arguments.indexOf(name);
      return at < 0 ? "" : arguments.get(at + 1);
    }

    @Override
    public String toString() {
      return program + " " + String.join(" ", arguments);
    }
  }

  Playbook with(String... more) {
    arguments.addAll(List.of(more));
    return this;
  }

  /// Takes an inventory of the test, made from the one of `local`.
  Playbook ofInventory(Path folder) {
    inventory = folder;
    return this;
  }

  /// Starts it in a folder, as a person does who stands there.
  Playbook in(Path folder) {
    workingFolder = folder;
    return this;
  }

  /// Sets an environment variable, such as what a stand-in is to answer.
  Playbook where(String name, String value) {
    variables.put(name, value);
    return this;
  }

  /// Leaves out the checks before the first change, for tests of what comes behind them.
  Playbook withoutPreflight() {
    return with("--skip-tags", "preflight");
  }

  /// Begins at a task of the preflight, for tests of this one and of those behind it: what the
  /// tasks before it find takes most of such a run, and other runs have it.
  Playbook from(String task) {
    return with("--start-at-task", task);
  }

  /// Leaves out that the charts are rendered with what is laid over their values, which takes most
  /// of the time before the first change, for tests of other things.
  Playbook withoutValues() {
    return with("-e", "{preflight_skip: [values]}");
  }

  /// Gives it the definitions that versions.yml names, under their checksums, as a run with a
  /// network leaves them.
  Playbook withDefinitions() {
    try {
      Path cache = Files.createDirectories(records.resolve("definitions"));
      for (Lock.Definition definition : Lock.definitions()) {
        Files.copy(
            definition.published(),
            cache.resolve(definition.sha256() + ".yaml"),
            StandardCopyOption.REPLACE_EXISTING);
      }
      return with("--extra-vars", "crds_cache=" + cache);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Run run() {
    try {
      Files.createDirectories(records);
      return run(command());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Runs `deploy/down` against the same cluster.
  Run down() {
    return run(List.of(Chart.deployFolder().resolve("down").toString(), environment));
  }

  private Run run(List<String> program) {
    try {
      Path log = Files.createDirectories(records).resolve("calls.ndjson");
      Files.deleteIfExists(log);
      List<String> command = new ArrayList<>(program);
      command.addAll(arguments);
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.directory(workingFolder.toFile());
      builder.environment().put("LONGSHORE_RECORDS", records.toString());
      builder.environment().put("ANSIBLE_LOCAL_TEMP", records.resolve("ansible").toString());
      builder.environment().put("ANSIBLE_NOCOLOR", "1");
      // Ansible starts a Python for each task: the system's own, and not a version manager's
      // script, which takes longer than the task.
      builder.environment().put("PATH", standIns() + ":/usr/bin:/bin:" + System.getenv("PATH"));
      builder.environment().putAll(variables);
      Process process = start(builder);
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new AssertionError("the playbook did not end:\n" + output);
      }
      return new Run(process.exitValue(), output, read(log));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Process start(ProcessBuilder builder) throws IOException {
    try {
      new ProcessBuilder("ansible-playbook", "--version").start().destroy();
    } catch (IOException e) {
      throw new IllegalStateException(
          "ansible-playbook is not installed; Debian: apt-get install ansible-core", e);
    }
    return builder.start();
  }

  /// As users run it; where no vault ships with the repository, one of the test takes its place.
  private List<String> command() throws IOException {
    if (inventory != null) {
      return List.of(
          "ansible-playbook",
          "--inventory",
          inventory.toString(),
          "--vault-password-file",
          inventory.resolve("vault-password").toString(),
          "site.yml");
    }
    if (environment.equals("local")) {
      return List.of(Chart.deployFolder().resolve("up").toString(), environment);
    }
    Path inventory = Chart.deployFolder().resolve("platform/inventories").resolve(environment);
    StringBuilder vault = new StringBuilder();
    YamlDocuments.one(inventory.resolve("group_vars/cluster/vault.yml.example"))
        .fieldNames()
        .forEachRemaining(
            it -> vault.append(it).append(": secret-of-the-test-of-more-than-32-characters\n"));
    Path file = Files.writeString(records.resolve("vault.yml"), vault);
    return List.of(
        "ansible-playbook",
        "--inventory",
        inventory.toString(),
        "--extra-vars",
        "@" + file,
        "site.yml");
  }

  private List<Call> read(Path log) throws IOException {
    List<Call> calls = new ArrayList<>();
    if (Files.exists(log)) {
      for (String line : Files.readAllLines(log)) {
        JsonNode call = json.readTree(line);
        List<String> words = new ArrayList<>();
        call.get("arguments").forEach(it -> words.add(it.asText()));
        calls.add(new Call(call.get("program").asText(), words, call.get("given").asText()));
      }
    }
    return calls;
  }

  private static Path standIns() {
    return ProjectFolder.find().resolve("src/deploy/src/test/resources/standins");
  }
}
