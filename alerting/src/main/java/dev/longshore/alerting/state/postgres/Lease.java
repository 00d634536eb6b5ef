package dev.longshore.alerting.state.postgres;

/// Who leads, as the database says it.
///
/// @param epoch the fencing number: one more with each leader
/// @param renewals how often this leader has renewed it; a lease that is the same after a while is
///   one whose leader is gone
/// @param holder the leader's name
/// @param address where other replicas reach it; empty when it said nothing
/// @param held false when it was let go
public record Lease(long epoch, long renewals, String holder, String address, boolean held) {}
