package dev.longshore.agent.buffer;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;

/// Sees each step that the buffer takes in its folder, in their order, and opens its files: how
/// tests end the process, or the machine, between any two steps, and make a disk fail. Production
/// looks at none.
///
/// Called with the buffer's lock held, or by the thread that opens it.
interface FolderWatch {

  /// Nobody looks.
  FolderWatch NONE =
      new FolderWatch() {
        @Override
        public void changed() {}

        @Override
        public void forced(Path file) {}

        @Override
        public void forcedFolder(Path folder) {}
      };

  /// Something was written, allocated, renamed or deleted.
  void changed();

  /// All that was written to a file is on disk.
  void forced(Path file);

  /// All names in a folder are on disk.
  void forcedFolder(Path folder);

  /// Opens a queue file; any thread.
  default FileChannel openFile(Path file, OpenOption... options) throws IOException {
    return FileChannel.open(file, options);
  }
}
