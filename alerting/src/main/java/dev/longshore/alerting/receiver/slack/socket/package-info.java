/// Socket Mode: how Slack tells us what people do, without a port that it could reach. We ask for a
/// URL with an app-level token, connect to it, and acknowledge within 3 s each envelope that comes.
///
/// [SocketMode] holds the connections of one app, each a [SocketConnection]. What can go wrong: the
/// token lacks its scope or was revoked, Slack ends connections (it does so each few hours), a
/// firewall forgets one, an envelope comes twice or is none. Connections come back by themselves;
/// [SocketStatus] says why there is none.
@NullMarked
package dev.longshore.alerting.receiver.slack.socket;

import org.jspecify.annotations.NullMarked;
