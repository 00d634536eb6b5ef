# Exceptions with causes through Ruby's logger and without it.
require 'logger'

class OutOfStock < StandardError; end

def take(item)
  { 1 => 2 }.fetch(item)
rescue KeyError
  raise OutOfStock, "item #{item} is gone"
end

log = Logger.new($stdout)
$stdout.sync = true
log.info('started')
begin
  take(3)
rescue OutOfStock => e
  log.error(e)
  log.warn("order failed\n#{e.full_message(highlight: false)}")
  warn e.full_message(highlight: ARGV[0] == 'colour')
end
log.fatal('gone')
puts 'ready'
nil.total
