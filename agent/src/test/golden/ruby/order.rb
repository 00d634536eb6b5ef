# order.rb: errors as Ruby's full_message writes them, in both orders and in colours.
require 'logger'
$stderr.sync = true
class OutOfStock < StandardError; end
def take(item)
  raise KeyError, "item #{item} is gone"
rescue KeyError
  raise OutOfStock, "no stock\nfor item #{item}"
end
begin
  take(3)
rescue OutOfStock => e
  $stderr.puts e.full_message(highlight: false, order: :top)
  sleep 0.12
  $stderr.puts e.full_message(highlight: false, order: :bottom)
  sleep 0.12
  $stderr.puts e.full_message(highlight: true, order: :top)
  sleep 0.12
  Logger.new($stderr).error(e)
  sleep 0.12
  $stderr.puts 'ready'
end
