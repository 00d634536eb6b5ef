/// Makes what a release has beside the images themselves: OCI archives, charts that name digests,
/// bills of materials, checksums and NOTICE; and compares the libraries of both products with
/// advisories that are known.
///
/// None of it is in an image. Threads: the one that calls.
@NullMarked
package dev.longshore.release;

import org.jspecify.annotations.NullMarked;
