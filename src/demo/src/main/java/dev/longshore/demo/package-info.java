/// The demo: a real Elasticsearch, a dock of containers that write logs as a kubelet's node has
/// them, their pods in an API server, the agent, and alerting with a log rule over what it indexed;
/// a live table, and at the end a check of every line and the message in Slack. Also `longshore
/// search`, which prints what was indexed as a person reads it.
@NullMarked
package dev.longshore.demo;

import org.jspecify.annotations.NullMarked;
