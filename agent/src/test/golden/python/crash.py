"""Tracebacks, chained and grouped, through logging and without it."""
import logging
import sys
import traceback
import warnings


def take(item):
    try:
        return {1: 2}[item]
    except KeyError as e:
        raise ValueError(f"item {item} is gone") from e


def attempt():
    try:
        take(3)
    except ValueError:
        {}["fallback"]


logging.basicConfig(level=logging.DEBUG)
log = logging.getLogger("shop.cart")
log.info("started")
try:
    attempt()
except KeyError:
    log.exception("order failed")
    log.warning("order failed, tried again", exc_info=True)
logging.getLogger().handlers[0].setFormatter(
    logging.Formatter("%(asctime)s - %(name)s - %(levelname)s - %(message)s"))
log.critical("no stock at all")
try:
    take(4)
except ValueError:
    log.error("order failed", exc_info=True)
warnings.warn("old", DeprecationWarning)
try:
    raise ExceptionGroup("two orders", [ValueError("a"), ExceptionGroup("more", [TypeError("b")])])
except ExceptionGroup:
    traceback.print_exc()
print("ready", flush=True)
try:
    eval("1 +* 2")
except SyntaxError:
    traceback.print_exc()
take(5)
