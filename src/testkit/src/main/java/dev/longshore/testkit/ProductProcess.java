package dev.longshore.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A product as a process of its own, with the class path and the JVM flags that users get: what an
/// [AgentProcess] and an [AlertingProcess] have in common.
final class ProductProcess {
  private final String product;
  private final Process process;
  private final Path log;

  private ProductProcess(String product, Process process, Path log) {
    this.product = product;
    this.process = process;
    this.log = log;
  }

  /// Where the build puts a product's AOT cache: classes that are loaded and linked already, and
  /// what the JVM learnt of their methods.
  static Path aotCache(String product) {
    return ProjectFolder.find().resolve(product + "/target/longshore-" + product + ".aot");
  }

  /// The options with which a product uses its AOT cache: none where the build made no cache, or
  /// the jars are younger, of which the JVM would complain.
  static List<String> withAotCache(String product) throws IOException {
    Path cache = aotCache(product);
    if (!Files.exists(cache)) {
      return List.of();
    }
    FileTime made = Files.getLastModifiedTime(cache);
    Path target = ProjectFolder.find().resolve(product + "/target");
    try (Stream<Path> libraries = Files.list(target.resolve("lib"))) {
      for (Path jar :
          Stream.concat(Stream.of(target.resolve("longshore-" + product + ".jar")), libraries)
              .toList()) {
        if (Files.getLastModifiedTime(jar).compareTo(made) > 0) {
          return List.of();
        }
      }
    }
    return List.of("-XX:AOTCache=" + cache);
  }

  /// Whether an option is about a cache itself, or brings an agent, with which the JVM uses none.
  private static boolean standsAgainstTheCache(String option) {
    return option.startsWith("-XX:AOT") || option.startsWith("-javaagent:");
  }

  /// Starts `<product> --config <config>`, with its AOT cache where no option stands against it.
  ///
  /// @param product `agent` or `alerting`
  /// @param log file to which its output goes, appended
  /// @param prefix command that it is run under, for example `setpriv …`; may be empty
  /// @param jvmOptions on top of the product's own
  /// @param environment variables on top of this process's
  static ProductProcess start(
      String product,
      Path config,
      Path log,
      List<String> prefix,
      List<String> jvmOptions,
      Map<String, String> environment)
      throws IOException {
    Path root = ProjectFolder.find();
    Path jar = root.resolve(product + "/target/longshore-" + product + ".jar");
    if (!Files.exists(jar)) {
      throw new IllegalStateException(product + " is not built; run ./longshore build");
    }
    List<String> command = new ArrayList<>(prefix);
    command.add(ProductJava.command());
    command.add("@" + root.resolve(product + "/src/main/jvm/" + product + ".jvmflags"));
    command.addAll(ProductJava.options());
    command.addAll(jvmOptions);
    if (jvmOptions.stream().noneMatch(ProductProcess::standsAgainstTheCache)) {
      command.addAll(withAotCache(product));
    }
    command.add("-jar");
    command.add(jar.toString());
    command.add("--config");
    command.add(config.toString());
    ProcessBuilder builder = new ProcessBuilder(ProductJava.ignoringInterrupts(command));
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    return new ProductProcess(product, ProductJava.startChild(builder), log);
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /// Its log so far.
  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Waits for its end.
  ///
  /// @return whether it has ended
  /// @throws IOException when this thread is interrupted; it is killed then
  boolean ends(Duration within) throws IOException {
    try {
      return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
      throw new IOException("interrupted", e);
    }
  }

  /// The exit code of one that has ended.
  int exitValue() {
    return process.exitValue();
  }

  /// Sends SIGTERM and waits.
  ///
  /// @return the exit code
  /// @throws IOException when it is not gone in time; it is killed then
  int terminate(Duration within) throws IOException {
    process.destroy();
    return awaitEnd(within);
  }

  /// Waits until it ends.
  ///
  /// @return the exit code
  /// @throws IOException when it is not gone in time; it is killed then
  int awaitEnd(Duration within) throws IOException {
    if (!ends(within)) {
      process.destroyForcibly();
      throw new IOException(product + " did not end within " + within + ":\n" + log());
    }
    return process.exitValue();
  }

  /// Sends SIGKILL and waits until it is gone.
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
