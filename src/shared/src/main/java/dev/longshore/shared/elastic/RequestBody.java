package dev.longshore.shared.elastic;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.apache.http.entity.AbstractHttpEntity;
import org.apache.http.nio.ContentEncoder;
import org.apache.http.nio.IOControl;
import org.apache.http.nio.entity.HttpAsyncContentProducer;

/// A request body that is sent straight from the caller's array, and knows whether any of it went
/// out: a body of which no byte was written can't have been processed.
final class RequestBody extends AbstractHttpEntity implements HttpAsyncContentProducer {
  /// A socket copies all that it is offered into direct memory, and then sends what fits into its
  /// buffer; offered in slices, nothing is copied twice.
  private static final int SLICE_BYTES = 128 * 1024;

  private final byte[] bytes;
  private final int length;

  /// Owned by the I/O thread.
  private final ByteBuffer rest;

  private volatile boolean started;

  RequestBody(byte[] bytes, int length, String contentType, boolean gzip) {
    this.bytes = bytes;
    this.length = length;
    this.rest = ByteBuffer.wrap(bytes, 0, length);
    setContentType(contentType);
    if (gzip) {
      setContentEncoding("gzip");
    }
  }

  /// Whether the server may have a part of it.
  boolean started() {
    return started;
  }

  @Override
  public void produceContent(ContentEncoder encoder, IOControl control) throws IOException {
    started = true;
    int written;
    int slice;
    do {
      slice = Math.min(SLICE_BYTES, length - rest.position());
      rest.limit(rest.position() + slice);
      written = encoder.write(rest);
    } while (written == slice && rest.position() < length);
    if (rest.position() == length) {
      encoder.complete();
    }
  }

  @Override
  public long getContentLength() {
    return length;
  }

  @Override
  public boolean isRepeatable() {
    return false;
  }

  @Override
  public boolean isStreaming() {
    return false;
  }

  @Override
  public InputStream getContent() {
    return new ByteArrayInputStream(bytes, 0, length);
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    out.write(bytes, 0, length);
  }

  @Override
  public void close() {}
}
