#include "lib/publish/kafka_sink.hpp"
#include "lib/publish/kafka_sink_impl.hpp"

#include <utility>

namespace walferry::publish {
namespace {

class kafka_factory final : public sink_factory {
public:
    kafka_factory(std::string name, config::kafka_settings kafka)
        : name_(std::move(name)), kafka_(std::move(kafka)) {}

    result<std::unique_ptr<sink_driver>> make() override {
        auto configuration =
            producer_configuration(name_, kafka_, {memory_.batch_bytes, memory_.singles_left > 0});
        if (!configuration) {
            return tl::unexpected(std::move(configuration.error()));
        }
        const auto gather = lengthen_linger(configuration->get());
        auto producer = kafka_producer::make(std::move(*configuration), gather);
        if (!producer) {
            return tl::unexpected(std::move(producer.error()));
        }
        return std::make_unique<kafka_sink>(std::move(*producer), kafka_.in_flight_bytes_max,
                                            memory_, graves_);
    }

private:
    std::string name_;
    config::kafka_settings kafka_;
    producer_memory memory_;
    undertaker graves_;
};

}  // namespace

std::unique_ptr<sink_factory> make_kafka_factory(std::string name, config::kafka_settings kafka) {
    return std::make_unique<kafka_factory>(std::move(name), std::move(kafka));
}

}  // namespace walferry::publish
