<?php
// Warnings, exceptions with causes, and one that nobody catches.
class OutOfStock extends RuntimeException {}
function take(int $item): int {
    try {
        return intdiv(1, $item - $item);
    } catch (DivisionByZeroError $e) {
        throw new OutOfStock("item $item is gone", 7, $e);
    }
}
echo "started\n";
echo $undefined;
trigger_error('old', E_USER_DEPRECATED);
try {
    take(3);
} catch (OutOfStock $e) {
    error_log((string) $e);
    error_log('order failed: ' . $e->getMessage());
}
echo "ready\n";
take(4);
