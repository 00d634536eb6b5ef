# Warnings and deaths, with and without Carp's frames.
use strict;
use warnings;
use Carp qw(cluck confess);
$| = 1;
sub take { my $item = shift; die "item $item is gone" if $item > 3; confess "item $item is gone"; }
sub order { take(@_); }
print "started\n";
eval { order(3) };
warn $@;
my $x; my $y = $x . "a";
cluck "slow";
print "ready\n";
order(4);
