// winston, pino, pino-pretty, log4js and Nest's logger.
function take(item) { return [1][item].length; }
const failure = () => { try { take(3); } catch (e) { return e; } };
const which = process.argv[2];
if (which.startsWith('winston')) {
  const { createLogger, format, transports } = require('winston');
  const formats = {
    'winston-simple': [format.errors({ stack: true }), format.simple()],
    'winston-printf': [format.errors({ stack: true }), format.timestamp(), format.printf(i => `${i.timestamp} ${i.level}: ${i.stack || i.message}`)],
    'winston-colour': [format.errors({ stack: true }), format.colorize(), format.timestamp(), format.printf(i => `${i.timestamp} [${i.level}]: ${i.stack || i.message}`)],
    'winston-json': [format.errors({ stack: true }), format.timestamp(), format.json()],
  };
  const log = createLogger({ level: 'silly', format: format.combine(...formats[which]), transports: [new transports.Console()] });
  log.info('started');
  log.error(failure());
  log.warn('slow');
  log.error('no stock');
  log.debug('looking');
} else if (which === 'pino') {
  const log = require('pino')();
  log.info('started');
  log.error(failure(), 'order failed');
  log.error('no stock');
} else if (which === 'pino-pretty') {
  const log = require('pino')(require('pino-pretty')({ colorize: process.argv[3] === 'colour', sync: true }));
  log.info('started');
  log.error(failure(), 'order failed');
  log.warn('slow');
} else if (which === 'log4js') {
  const log4js = require('log4js');
  log4js.configure({ appenders: { out: { type: 'stdout', layout: { type: 'basic' } } }, categories: { default: { appenders: ['out'], level: 'info' } } });
  const log = log4js.getLogger('shop');
  log.info('started');
  log.error('order failed', failure());
  log.warn('slow');
} else if (which === 'nest') {
  const { Logger } = require('@nestjs/common');
  const log = new Logger('Cart');
  log.log('started');
  log.error('no stock', failure().stack);
  log.warn('slow');
  log.fatal('gone');
}
