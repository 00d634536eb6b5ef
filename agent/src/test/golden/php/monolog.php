<?php
// Monolog's line format, with stack traces as Laravel sets it up, and its JSON.
spl_autoload_register(function (string $class): void {
    require '/usr/share/php/' . str_replace('\\', '/', $class) . '.php';
});
require_once '/usr/share/php/Psr/Log/autoload.php';
use Monolog\Formatter\JsonFormatter;
use Monolog\Formatter\LineFormatter;
use Monolog\Handler\StreamHandler;
use Monolog\Logger;

class OutOfStock extends RuntimeException {}
function take(int $item): int {
    try {
        return intdiv(1, $item - $item);
    } catch (DivisionByZeroError $e) {
        throw new OutOfStock("item $item is gone", 7, $e);
    }
}
$handler = new StreamHandler('php://stdout');
if ($argv[1] === 'json') {
    $handler->setFormatter(new JsonFormatter(JsonFormatter::BATCH_MODE_JSON, true, false, true));
} else {
    $formatter = new LineFormatter(null, 'Y-m-d H:i:s', true, true);
    $formatter->includeStacktraces();
    $handler->setFormatter($formatter);
}
$log = new Logger('production', [$handler]);
$log->info('started');
try {
    take(3);
} catch (OutOfStock $e) {
    $log->error($e->getMessage(), ['exception' => $e]);
}
$log->critical('gone', ['item' => 3]);
$log->notice('ready');
