/// Slack: what messages look like, and how they get there. The only package that sees Slack's
/// client.
///
/// With a bot token a group is one card, edited while it lives, with its timeline as a thread;
/// through an incoming webhook each telling is a post. Every message is within Slack's limits for
/// any input. Mentions ping only where the configuration itself has them: what comes from labels
/// and annotations is marked before a template sees it, and escaped afterwards.
@NullMarked
package dev.longshore.alerting.notify.slack;

import org.jspecify.annotations.NullMarked;
