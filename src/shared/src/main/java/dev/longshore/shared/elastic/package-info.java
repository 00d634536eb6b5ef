/// Elasticsearch over HTTP: bulk requests with an exact reading of the reply, small synchronous
/// calls, the index templates that Longshore owns, watermarks, and ordered searches.
///
/// It is the only package that knows the Elasticsearch client. Requests go as raw bytes through the
/// client's low-level transport, which speaks to 8.x and 9.x alike. What can go wrong here: no
/// server can be reached (the next URL is tried), a server refuses (a value that says so), and a
/// reply that can't be understood, which is never taken for success.
@NullMarked
package dev.longshore.shared.elastic;

import org.jspecify.annotations.NullMarked;
