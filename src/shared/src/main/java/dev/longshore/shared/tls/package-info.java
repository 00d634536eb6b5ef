/// Certificates and keys from PEM, as every client of the products needs them.
///
/// A file that is missing, damaged or expired is refused with its name and what is wrong with it; a
/// bundle of authorities in which some have expired still serves.
@NullMarked
package dev.longshore.shared.tls;

import org.jspecify.annotations.NullMarked;
