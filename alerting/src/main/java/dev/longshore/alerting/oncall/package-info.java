/// Who is on call: people, rotations with their layers and overrides, and the steps of escalations,
/// as the on-call file says.
///
/// All of it is values, computed for any moment: [Rotation] says who is on call, [OnCall] which
/// receivers a step of an escalation tells then. What can go wrong is local time: a hand-over in
/// the hour that a change to summer time leaves out is made at its end, one in the hour that comes
/// twice at its first coming, and so each shift begins when the one before ends.
@NullMarked
package dev.longshore.alerting.oncall;

import org.jspecify.annotations.NullMarked;
