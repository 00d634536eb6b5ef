package dev.longshore.shared.elastic;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/// The backing indices of data streams, and which documents each of them holds. All calls block.
public interface Generations {

  /// One backing index.
  ///
  /// @param createdEpochMillis when it became the write index, by the server's clock
  record Generation(String name, long createdEpochMillis) {}

  /// The backing indices of a data stream, the oldest first; the last is the write index. Empty
  /// when there is no such data stream.
  ///
  /// @throws RefusedException when this user may not know
  /// @throws IOException when no server answers
  List<Generation> of(String dataStream) throws IOException;

  /// Which documents are in any of the indices; an index that is gone holds none.
  ///
  /// @throws RefusedException when this user may not know
  /// @throws IOException when it can't be said of each document
  Set<String> present(List<String> indices, List<String> ids) throws IOException;

  /// Deletes documents from one backing index; what is not there is deleted.
  ///
  /// @throws IOException when one may still be there
  void delete(String index, Collection<String> ids) throws IOException;
}
