#include "lib/publish/kafka_sink.hpp"
#include "lib/publish/state_reader.hpp"

#include <catch2/catch.hpp>
#include <poll.h>

#include "mock_cluster.hpp"
#include "sink_watcher.hpp"

using namespace walferry;
using namespace walferry::publish;

namespace {

state_reader::answer read(state_reader& reader) {
    reader.read();
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
    state_reader reader("shop", cluster.settings());
    const auto empty = read(reader);
    REQUIRE(empty);
    CHECK(empty->empty());

    const auto topic = watcher.open("walferry.shop.state");
    for (int i = 0; i < 100; ++i) {
        watcher.produce(topic, "ack", std::to_string(i));
    }
    watcher.produce(topic, "other", "x");
    REQUIRE(watcher.wait_confirmed(101));
    const auto last = read(reader);
    REQUIRE(last);
    CHECK(*last == state_reader::records{{"ack", "99"}, {"other", "x"}});

    watcher.sink().produce(topic, 0, {"ack", std::nullopt, {}, 1}, 1);
    REQUIRE(watcher.wait_confirmed(102));
    const auto gone = read(reader);
    REQUIRE(gone);
    CHECK(*gone == state_reader::records{{"other", "x"}});

    SECTION("and so by a reader that begins, or begins again") {
        reader.rest();
        CHECK(read(reader).value() == *gone);
        state_reader another("shop", cluster.settings());
        CHECK(read(another).value() == *gone);
    }
    SECTION("an earlier question is not answered any more") {
        reader.read();
        watcher.produce(topic, "late", "y");
        REQUIRE(watcher.wait_confirmed(103));
        const auto both = read(reader);
        REQUIRE(both);
        CHECK(both->contains("late"));
    }
}

TEST_CASE("a reader is dropped without waiting for a broker") {
    config::kafka_settings settings;
    settings.properties["bootstrap.servers"] = "127.0.0.1:1";
    const auto started = std::chrono::steady_clock::now();
    {
        state_reader reader("shop", settings);
        reader.read();
    }
    CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(3));
}
