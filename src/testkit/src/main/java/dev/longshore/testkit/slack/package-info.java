/// A stand-in for Slack, as strict as Slack: limits, error codes, rate limits, deleted messages.
///
/// It keeps what was posted, so that tests can assert it and people can see it. Nothing here is
/// part of a product.
@NullMarked
package dev.longshore.testkit.slack;

import org.jspecify.annotations.NullMarked;
