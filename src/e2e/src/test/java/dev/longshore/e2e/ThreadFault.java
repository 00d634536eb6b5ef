package dev.longshore.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/// An error in a thread of a product's process, as a broken program or JVM throws one: in the next
/// turn that the thread reports.
final class ThreadFault {
  /// What the error says.
  static final String REASON = "the thread is struck";

  private final Path jar;
  private final Path trigger;
  private final String thread;

  /// @param folder for its files
  /// @param thread the name of the thread that it strikes
  ThreadFault(Path folder, String thread) throws IOException {
    this.jar = folder.resolve("fault.jar");
    this.trigger = folder.resolve("fault.now");
    this.thread = thread;
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Premain-Class", ThreadFaultAgent.class.getName());
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
      put(out, ThreadFaultAgent.class);
      for (Class<?> nested : ThreadFaultAgent.class.getDeclaredClasses()) {
        put(out, nested);
      }
    }
  }

  private static void put(JarOutputStream out, Class<?> type) throws IOException {
    String name = type.getName().replace('.', '/') + ".class";
    out.putNextEntry(new JarEntry(name));
    try (InputStream bytes = type.getResourceAsStream("/" + name)) {
      if (bytes == null) {
        throw new IOException("there is no " + name);
      }
      bytes.transferTo(out);
    }
    out.closeEntry();
  }

  /// With these the process can be struck.
  List<String> jvmOptions() {
    return List.of("-javaagent:" + jar + "=" + thread + "," + trigger);
  }

  void strike() throws IOException {
    Files.createFile(trigger);
  }
}
