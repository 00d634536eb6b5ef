# A controller of Rails' that fails, with the request's tag on each line or without.
require "action_controller/railtie"
require "logger"
require "rack/mock"

tagged = ARGV[0] == "tagged"

class OutOfStock < StandardError; end

class Shop < Rails::Application
  config.eager_load = false
  config.consider_all_requests_local = false
  config.secret_key_base = "x" * 64
  config.log_level = :info
  config.hosts.clear
end
Shop.config.logger = tagged ? ActiveSupport::TaggedLogging.new(Logger.new($stdout)) : Logger.new($stdout)
Shop.config.log_tags = [:request_id] if tagged
Shop.routes.append { get "/cart" => "cart#show" }

class CartController < ActionController::Base
  def show
    {}.fetch(3)
  rescue KeyError
    raise OutOfStock, "no stock"
  end
end

Shop.initialize!
requests = Rack::MockRequest.new(Shop)
requests.get("/cart")
requests.get("/absent")
Rails.logger.error("plain error")
