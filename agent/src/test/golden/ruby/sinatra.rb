# A handler of Sinatra's, on Puma, that fails.
require "sinatra/base"

class Shop < Sinatra::Base
  set :port, 18966
  set :bind, "127.0.0.1"
  set :show_exceptions, false
  set :dump_errors, true
  set :logging, true
  get("/cart") { {}.fetch(3) }
end

Thread.new do
  sleep 3
  system "curl -s -m 5 -o /dev/null http://127.0.0.1:18966/cart"
  sleep 0.5
  exit!
end
Shop.run!
