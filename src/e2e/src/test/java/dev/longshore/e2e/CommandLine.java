package dev.longshore.e2e;

import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// The script `longshore`, run as a user runs it.
final class CommandLine {
  private CommandLine() {}

  /// What a command did.
  ///
  /// @param exit its exit code
  /// @param output standard output and error, as they came
  record Result(int exit, String output) {}

  /// Runs `./longshore <arguments>`.
  static Result longshore(Duration within, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(ProjectFolder.find().resolve("longshore").toString());
    command.addAll(List.of(arguments));
    return run(within, environment, ProjectFolder.find(), command);
  }

  /// Runs a command.
  ///
  /// @throws IOException when it takes longer than `within`; its output so far is in the message
  static Result run(
      Duration within, Map<String, String> environment, Path folder, List<String> command)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    // The build that runs this test has made everything already.
    builder.environment().put("LONGSHORE_NO_BUILD", "1");
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    var output =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
              } catch (IOException e) {
                return "unreadable: " + e;
              }
            },
            Thread::startVirtualThread);
    if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw new IOException(command + " took longer than " + within + ":\n" + output.join());
    }
    return new Result(process.exitValue(), output.join());
  }
}
