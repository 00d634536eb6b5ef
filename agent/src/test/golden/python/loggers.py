"""structlog, loguru and Rich, as they are without configuration."""
import sys
import logging


def take(item):
    return {1: 2}[item]


which = sys.argv[1]
if which == "structlog":
    import structlog
    log = structlog.get_logger()
    log.info("started", item=3)
    try:
        take(3)
    except KeyError:
        log.exception("order failed", item=3)
    log.warning("slow")
elif which == "structlog-json":
    import structlog
    structlog.configure(processors=[
        structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer()])
    log = structlog.get_logger()
    log.info("started", item=3)
    try:
        take(3)
    except KeyError:
        log.exception("order failed", item=3)
    log.error("no stock")
elif which == "loguru":
    from loguru import logger
    logger.remove()
    logger.add(sys.stdout, colorize=len(sys.argv) > 2)
    logger.info("started")
    try:
        take(3)
    except KeyError:
        logger.exception("order failed")
    logger.success("ready")
    logger.error("no stock")
elif which == "loguru-json":
    from loguru import logger
    logger.remove()
    logger.add(sys.stdout, serialize=True)
    logger.info("started")
    try:
        take(3)
    except KeyError:
        logger.exception("order failed")
elif which == "rich":
    from rich.logging import RichHandler
    from rich.traceback import install
    logging.basicConfig(level="INFO", format="%(message)s", handlers=[RichHandler()])
    log = logging.getLogger("shop")
    log.info("started")
    log.error("no stock")
    install()
    take(3)
