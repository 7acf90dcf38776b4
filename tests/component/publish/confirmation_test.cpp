#include "lib/publish/kafka_sink.hpp"

#include <catch2/catch.hpp>

#include "mock_cluster.hpp"
#include "sink_watcher.hpp"

using namespace walferry;
using namespace walferry::publish;

TEST_CASE("records arrive once, in order, and are confirmed under their tickets") {
    mock_cluster cluster;
    cluster.make_topic("t", 2);
    auto factory = make_kafka_factory("test", cluster.settings());
    sink_watcher watcher(*factory);
    const auto topic = watcher.open("t", 2);
    REQUIRE(watcher.opened.at(0).partitions == 2);

    for (int i = 0; i < 5000; ++i) {
        const std::string text = std::to_string(i);
        watcher.produce(topic, "k", text, static_cast<std::uint64_t>(i / 1000 + 7), i % 2);
    }
    CHECK(watcher.sink().statistics().records_out == 5000);
    REQUIRE(watcher.wait_confirmed(5000));
    for (std::uint64_t ticket = 7; ticket < 12; ++ticket) {
        CHECK(watcher.confirmed(ticket) == 1000);
    }
    const auto after = watcher.sink().statistics();
    CHECK(after.records_out == 0);
    CHECK(after.bytes_out == 0);
    CHECK(after.confirmed == 5000);
    CHECK(after.connected);

    const auto all = cluster.read_all("t", 2);
    REQUIRE(all.size() == 5000);
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto expected = i < 2500 ? 2 * i : 2 * (i - 2500) + 1;
        wrong += all[i].value == std::to_string(expected) ? 0u : 1u;
    }
    CHECK(wrong == 0);
}

TEST_CASE("null, empty and present keys and values, headers and the timestamp come through") {
    mock_cluster cluster;
    cluster.make_topic("t", 1);
    auto factory = make_kafka_factory("test", cluster.settings());
    sink_watcher watcher(*factory);
    const auto topic = watcher.open("t");
    const header headers[] = {{"a", "1"}, {"b", std::nullopt}, {"c", ""}};
    watcher.sink().produce(topic, 0, {"k", "v", headers, 1'600'000'000'123}, 1);
    watcher.sink().produce(topic, 0, {"k", std::nullopt, {}, 1'600'000'000'124}, 1);
    watcher.sink().produce(topic, 0, {"", std::string_view{}, {}, 1'600'000'000'125}, 1);
    watcher.sink().produce(topic, 0, {std::nullopt, "v", {}, 1'600'000'000'126}, 1);
    REQUIRE(watcher.wait_confirmed(4));
    CHECK(watcher.sink().statistics().bytes_out == 0);

    const auto all = cluster.read_all("t", 1);
    REQUIRE(all.size() == 4);
    CHECK(all[0].key == "k");
    CHECK(all[0].value == "v");
    CHECK(all[0].timestamp_ms == 1'600'000'000'123);
    REQUIRE(all[0].headers.size() == 3);
    CHECK(all[0].headers[0] == std::pair<std::string, std::optional<std::string>>{"a", "1"});
    CHECK(all[0].headers[1].second == std::nullopt);
    CHECK(all[0].headers[2].second == "");
    CHECK(all[1].key == "k");
    CHECK(all[1].value == std::nullopt);
    CHECK(all[2].key == "");
    CHECK(all[2].value == "");
    CHECK(all[3].key == std::nullopt);
    CHECK(all[3].value == "v");
}

TEST_CASE("the byte budget closes while the broker is slow and opens again") {
    mock_cluster cluster;
    cluster.make_topic("t", 1);
    auto settings = cluster.settings();
    settings.in_flight_bytes_max = 100'000;
    auto factory = make_kafka_factory("test", settings);
    sink_watcher watcher(*factory);
    const auto topic = watcher.open("t");
    rd_kafka_mock_broker_set_rtt(cluster.get(), 1, 300);

    const std::string value(1000, 'x');
    std::uint64_t sent = 0;
    while (watcher.sink().has_room()) {
        watcher.produce(topic, "key", value);
        ++sent;
    }
    CHECK(sent == (100'000 + 1192) / 1193);
    watcher.produce(topic, "key", value);  // in the middle of a row the engine still may
    CHECK_FALSE(watcher.sink().has_room());
    REQUIRE(watcher.wait_confirmed(sent + 1));
    CHECK(watcher.sink().has_room());
}

TEST_CASE("flush sends what lingers") {
    mock_cluster cluster;
    cluster.make_topic("t", 1);
    auto settings = cluster.settings();
    settings.properties["linger.ms"] = "60000";
    auto factory = make_kafka_factory("test", settings);
    sink_watcher watcher(*factory);
    const auto topic = watcher.open("t");
    watcher.produce(topic, "k", "v");
    watcher.watch(300);
    CHECK(watcher.confirmed() == 0);
    watcher.sink().flush();
    CHECK(watcher.wait_confirmed(1));
}
