#include "lib/publish/state_topic.hpp"

#include "lib/publish/kafka_sink.hpp"

#include <catch2/catch.hpp>
#include <poll.h>

#include "mock_cluster.hpp"
#include "sink_watcher.hpp"

using namespace walferry;
using namespace walferry::publish;

namespace {

state_reader::answer read(const config::kafka_settings& settings, const std::string& name) {
    state_reader reader(name, settings);
    for (int i = 0; i < 40; ++i) {
        pollfd one{reader.wake_fd(), POLLIN, 0};
        if (::poll(&one, 1, 1000) == 1) {
            if (auto answer = reader.take()) {
                return *answer;
            }
        }
    }
    return fail(error_kind::internal, "no answer");
}

}  // namespace

TEST_CASE("the last value of every key is read; a tombstone takes its key away") {
    mock_cluster cluster;
    cluster.make_topic("walferry.shop.state", 1);
    auto factory = make_kafka_factory("shop", cluster.settings());
    sink_watcher watcher(*factory);
    const auto empty = read(cluster.settings(), "shop");
    REQUIRE(empty);
    CHECK(empty->empty());

    const auto topic = watcher.open("walferry.shop.state");
    for (int i = 0; i < 100; ++i) {
        watcher.produce(topic, "ack", std::to_string(i));
    }
    watcher.produce(topic, "other", "x");
    REQUIRE(watcher.wait_confirmed(101));
    const auto last = read(cluster.settings(), "shop");
    REQUIRE(last);
    CHECK(*last == state_reader::records{{"ack", "99"}, {"other", "x"}});

    watcher.sink().produce(topic, 0, {"ack", std::nullopt, {}, 1}, 1);
    REQUIRE(watcher.wait_confirmed(102));
    const auto gone = read(cluster.settings(), "shop");
    REQUIRE(gone);
    CHECK(*gone == state_reader::records{{"other", "x"}});
}

TEST_CASE("a reader is dropped without waiting for a broker") {
    config::kafka_settings settings;
    settings.properties["bootstrap.servers"] = "127.0.0.1:1";
    const auto started = std::chrono::steady_clock::now();
    { state_reader reader("shop", settings); }
    CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(3));
}
