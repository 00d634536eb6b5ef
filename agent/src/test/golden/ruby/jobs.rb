# A job of Sidekiq's that fails.
require "sidekiq"

class OutOfStock < StandardError; end

class HardJob
  include Sidekiq::Worker
  sidekiq_options retry: 0

  def perform(item)
    logger.info "taking #{item}"
    raise OutOfStock, "no stock of #{item}"
  end
end

redis = {url: "redis://127.0.0.1:18992/0"}
Sidekiq.configure_server { |config| config.redis = redis }
Sidekiq.configure_client { |config| config.redis = redis }
