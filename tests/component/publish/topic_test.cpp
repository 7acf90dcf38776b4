#include "lib/publish/kafka_sink.hpp"

#include <catch2/catch.hpp>

#include "mock_cluster.hpp"
#include "sink_watcher.hpp"

using namespace walferry;
using namespace walferry::publish;

TEST_CASE("topics get dense ids and are answered again under the same one") {
    mock_cluster cluster;
    cluster.make_topic("a", 1);
    cluster.make_topic("b", 3);
    auto factory = make_kafka_factory("test", cluster.settings());
    sink_watcher watcher(*factory);
    CHECK(watcher.open("a") == 0);
    CHECK(watcher.open("b") == 1);
    CHECK(watcher.opened.back().partitions == 3);
    CHECK(watcher.open("a") == 0);
    CHECK(watcher.opened.size() == 3);
}

TEST_CASE("an illegal topic name fails the sink") {
    mock_cluster cluster;
    auto factory = make_kafka_factory("test", cluster.settings());
    sink_watcher watcher(*factory);
    watcher.sink().open_topics({{"a b", true, 1, -1, {}}});
    REQUIRE(watcher.wait_failed());
    CHECK(watcher.failed->kind == error_kind::config_invalid);
}

TEST_CASE("many topics opened ahead are found, and records of each arrive in their own") {
    constexpr int topics = 40;
    mock_cluster cluster;
    auto factory = make_kafka_factory("test", cluster.settings());
    sink_watcher watcher(*factory);
    std::vector<topic_request> ahead;
    for (int n = 0; n < topics; ++n) {
        ahead.push_back({"t" + std::to_string(n), false, 1, -1, {}});
        ahead.back().ahead = true;
        cluster.make_topic(ahead.back().name, 1);
    }
    watcher.sink().open_topics(std::move(ahead));
    REQUIRE(watcher.wait([&] { return watcher.opened.size() == topics; }));
    for (const auto& one : watcher.opened) {
        watcher.produce(one.id, "k", one.name, 1);
    }
    REQUIRE(watcher.wait_confirmed(topics));
    const auto last = cluster.read_all("t39", 1);
    REQUIRE(last.size() == 1);
    CHECK(last.front().value == "t39");
}

TEST_CASE("what cannot be opened ahead is told of when somebody waits for it") {
    mock_cluster cluster;
    cluster.make_topic("there", 1);
    cluster.make_topic("hidden", 1);
    rd_kafka_mock_topic_set_error(cluster.get(), "hidden",
                                  RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    auto factory = make_kafka_factory("test", cluster.settings());
    sink_watcher watcher(*factory);
    topic_request illegal{"a b", true, 1, -1, {}, true};
    topic_request hidden{"hidden", true, 1, -1, {}, true};
    watcher.sink().open_topics({illegal, hidden, {"there", true, 1, -1, {}, true}});
    REQUIRE(watcher.wait([&] { return !watcher.opened.empty() || watcher.failed; }));
    REQUIRE_FALSE(watcher.failed);
    CHECK(watcher.opened.front().name == "there");
    SECTION("which the broker refuses") {
        hidden.ahead = false;
        watcher.sink().open_topics({hidden});
        REQUIRE(watcher.wait_failed());
        CHECK(watcher.failed->kind == error_kind::broker_authorization);
    }
    SECTION("whose name is illegal") {
        illegal.ahead = false;
        watcher.sink().open_topics({illegal});
        REQUIRE(watcher.wait_failed());
        CHECK(watcher.failed->kind == error_kind::config_invalid);
    }
}

TEST_CASE("a topic that may not be seen is tried again later") {
    mock_cluster cluster;
    cluster.make_topic("t", 3);
    auto factory = make_kafka_factory("test", cluster.settings());
    rd_kafka_mock_topic_set_error(cluster.get(), "t", RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    sink_watcher watcher(*factory);
    watcher.sink().open_topics({{"t", true, 3, -1, {}}});
    REQUIRE(watcher.wait_failed());
    CHECK(watcher.failed->kind == error_kind::broker_authorization);
    CHECK(watcher.opened.empty());
}

TEST_CASE("a topic that vanishes in mid-stream fails the sink or does not lose a record") {
    mock_cluster cluster;
    cluster.make_topic("t", 1);
    auto settings = cluster.settings();
    settings.properties["topic.metadata.refresh.interval.ms"] = "100";
    auto factory = make_kafka_factory("test", settings);
    sink_watcher watcher(*factory);
    const auto topic = watcher.open("t");
    watcher.produce(topic, "k", "1", 1);
    REQUIRE(watcher.wait_confirmed(1));
    rd_kafka_mock_topic_set_error(cluster.get(), "t", RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
    watcher.watch(500);
    watcher.produce(topic, "k", "2", 2);
    watcher.watch(500);
    rd_kafka_mock_topic_set_error(cluster.get(), "t", RD_KAFKA_RESP_ERR_NO_ERROR);
    // 2.0.2 fails the record; newer libraries keep it.
    REQUIRE(watcher.wait([&] { return watcher.failed || watcher.confirmed() == 2; }));
    if (watcher.failed) {
        CHECK(watcher.failed->kind == error_kind::delivery_failed);
        CHECK(watcher.confirmed(2) == 0);
    }
}

TEST_CASE("properties that are wrong are named, and their values are not") {
    const auto refusal = [](const std::string& name, const std::string& value) {
        config::kafka_settings settings;
        settings.properties[name] = value;
        auto made = make_kafka_factory("test", settings)->make();
        REQUIRE_FALSE(made);
        CHECK(made.error().kind == error_kind::broker_configuration);
        CHECK(made.error().message.find(name) != std::string::npos);
        CHECK(made.error().message.find("hunter2") == std::string::npos);
    };
    refusal("no.such.property", "hunter2");
    refusal("acks", "1");
    refusal("enable.idempotence", "false");
    refusal("transactional.id", "hunter2");
    refusal("plugin.library.paths", "hunter2");
}
