/// `slack_configs`: what messages look like, and how they get to Slack. The only package that sees
/// Slack's client, whose requests [SlackTransport] hands to the sender of all receivers.
///
/// With a bot token a group is one card, edited while it lives, with its timeline as a thread;
/// through an incoming webhook each telling is a post. Every message is within Slack's limits for
/// any input. Mentions ping only where the configuration itself has them: what comes from labels
/// and annotations is marked before a template sees it, and escaped afterwards.
///
/// Texts that the configuration has are put into blocks: `title` is the first line, `pretext` and
/// `text` are sections, `fields` are fields, `footer` a small line, `actions` with a `url` buttons,
/// `color` the bar at the side. `callback_id`, `thumb_url`, `mrkdwn_in` and actions without a `url`
/// are for things that Slack's blocks do without; they are read and have no effect.
@NullMarked
package dev.longshore.alerting.receiver.slack;

import org.jspecify.annotations.NullMarked;
