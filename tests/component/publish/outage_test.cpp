#include "lib/publish/kafka_sink.hpp"

#include <catch2/catch.hpp>

#include <chrono>

#include "mock_cluster.hpp"
#include "sink_watcher.hpp"

using namespace walferry;
using namespace walferry::publish;

TEST_CASE("records wait for a broker that is down, and arrive in order") {
    mock_cluster cluster;
    cluster.make_topic("t", 1);
    auto factory = make_kafka_factory("test", cluster.settings());
    sink_watcher watcher(*factory);
    const auto topic = watcher.open("t");
    watcher.produce(topic, "k", "0", 1);
    REQUIRE(watcher.wait_confirmed(1));

    rd_kafka_mock_broker_set_down(cluster.get(), 1);
    for (int i = 1; i < 100; ++i) {
        watcher.produce(topic, "k", std::to_string(i), 1);
    }
    CHECK(watcher.wait([&] { return !watcher.sink().statistics().connected; }));
    watcher.watch(500);
    CHECK(watcher.confirmed() == 1);
    CHECK_FALSE(watcher.failed);
    CHECK_FALSE(watcher.troubles.empty());

    rd_kafka_mock_broker_set_up(cluster.get(), 1);
    REQUIRE(watcher.wait_confirmed(100));
    CHECK(watcher.sink().statistics().connected);
    const auto all = cluster.read_all("t", 1);
    REQUIRE(all.size() == 100);
    for (std::size_t i = 0; i < all.size(); ++i) {
        CHECK(all[i].value == std::to_string(i));
    }
}

TEST_CASE("a sink finds the way back to a broker without having anything to send") {
    mock_cluster cluster;
    cluster.make_topic("t", 1);
    auto factory = make_kafka_factory("test", cluster.settings());
    sink_watcher watcher(*factory);
    watcher.open("t");
    rd_kafka_mock_broker_set_down(cluster.get(), 1);
    CHECK(watcher.wait([&] { return !watcher.sink().statistics().connected; }));
    rd_kafka_mock_broker_set_up(cluster.get(), 1);
    for (int i = 0; i < 100 && !watcher.sink().statistics().connected; ++i) {
        watcher.watch(100);
    }
    CHECK(watcher.sink().statistics().connected);
}

TEST_CASE("a broker that holds its connections and answers nothing does not count as connected") {
    mock_cluster cluster;
    cluster.make_topic("t", 1);
    auto factory = make_kafka_factory("test", cluster.settings());
    sink_watcher watcher(*factory);
    const auto topic = watcher.open("t");
    REQUIRE(watcher.sink().statistics().connected);
    rd_kafka_mock_broker_set_rtt(cluster.get(), 1, 60'000);
    watcher.produce(topic, "k", "v", 1);
    CHECK(watcher.wait([&] { return !watcher.sink().statistics().connected; }));
    CHECK(watcher.confirmed() == 0);
}

TEST_CASE("without a broker opening fails in time, and leaving does not wait") {
    config::kafka_settings settings;
    settings.properties["bootstrap.servers"] = "127.0.0.1:1";
    auto factory = make_kafka_factory("test", settings);
    {
        sink_watcher watcher(*factory);
        watcher.sink().open_topics({{"t", true, 1, -1, {}}});
        REQUIRE(watcher.wait_failed());
        CHECK(watcher.failed->kind == error_kind::broker_unreachable);
        CHECK_FALSE(watcher.troubles.empty());
    }
    const auto started = std::chrono::steady_clock::now();
    factory.reset();
    CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(5));
}

TEST_CASE("a sink that holds unsent records is dropped at once") {
    mock_cluster cluster;
    cluster.make_topic("t", 1);
    auto factory = make_kafka_factory("test", cluster.settings());
    auto watcher = std::make_unique<sink_watcher>(*factory);
    const auto topic = watcher->open("t");
    rd_kafka_mock_broker_set_rtt(cluster.get(), 1, 5000);
    for (int i = 0; i < 1000; ++i) {
        watcher->produce(topic, "k", "v", 1);
    }
    const auto started = std::chrono::steady_clock::now();
    watcher.reset();
    CHECK(std::chrono::steady_clock::now() - started < std::chrono::milliseconds(200));
    factory.reset();
    CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(5));
}
