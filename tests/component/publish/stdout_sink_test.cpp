#include "lib/publish/stdout_sink.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <thread>

#include "sink_watcher.hpp"

using namespace walferry;
using namespace walferry::publish;

namespace {

struct pipe_pair {
    pipe_pair() {
        std::signal(SIGPIPE, SIG_IGN);
        REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    }
    ~pipe_pair() {
        close_reader();
        ::close(ends[1]);
    }
    void close_reader() {
        if (ends[0] >= 0) {
            ::close(ends[0]);
            ends[0] = -1;
        }
    }
    // Up to so many bytes.
    std::string read(std::size_t count) const {
        std::string text(count, '\0');
        const auto got = ::read(ends[0], text.data(), text.size());
        text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return text;
    }
    std::array<int, 2> ends{-1, -1};
};

}  // namespace

TEST_CASE("values become lines, tombstones nothing, and both are confirmed") {
    pipe_pair pipe;
    auto factory = make_stdout_factory(pipe.ends[1]);
    sink_watcher watcher(*factory);
    const auto topic = watcher.open("t");
    watcher.produce(topic, "k", "{\"a\":1}", 1);
    watcher.sink().produce(topic, 0, {"k", std::nullopt, {}, 0}, 1);
    watcher.produce(topic, "k", "{}", 2);
    REQUIRE(watcher.wait_confirmed(3));
    CHECK(watcher.confirmed(1) == 2);
    CHECK(watcher.confirmed(2) == 1);
    CHECK(pipe.read(100) == "{\"a\":1}\n{}\n");
    CHECK(watcher.sink().statistics().records_out == 0);
}

TEST_CASE("a tombstone behind lines that wait is confirmed only with them") {
    pipe_pair pipe;
    auto factory = make_stdout_factory(pipe.ends[1]);
    sink_watcher watcher(*factory);
    const auto topic = watcher.open("t");
    watcher.produce(topic, "k", std::string(1 << 20, 'x'), 1);
    watcher.sink().produce(topic, 0, {"k", std::nullopt, {}, 0}, 2);
    watcher.watch(200);
    CHECK(watcher.confirmed() == 0);
    CHECK_FALSE(watcher.failed);
}

TEST_CASE("a slow reader closes the budget and loses nothing") {
    pipe_pair pipe;
    auto factory = make_stdout_factory(pipe.ends[1], 300'000);
    sink_watcher watcher(*factory);
    const auto topic = watcher.open("t");
    std::string seen;
    std::thread reader([&] {
        while (seen.size() < 2'000'000) {
            const auto part = pipe.read(10'000);
            if (part.empty()) {
                return;
            }
            seen += part;
        }
    });
    std::string expected;
    std::uint64_t sent = 0;
    while (expected.size() < 2'000'000) {
        if (!watcher.sink().has_room()) {
            REQUIRE(watcher.wait([&] { return watcher.sink().has_room(); }));
        }
        const std::string line = std::to_string(sent);
        watcher.produce(topic, "k", line, ++sent);
        expected += line + "\n";
    }
    CHECK(watcher.wait_confirmed(sent));
    reader.join();
    CHECK(seen == expected);
}

TEST_CASE("a reader that goes away ends the sink once, and says so") {
    pipe_pair pipe;
    auto factory = make_stdout_factory(pipe.ends[1]);
    sink_watcher watcher(*factory);
    const auto topic = watcher.open("t");
    pipe.close_reader();
    watcher.produce(topic, "k", "v", 1);
    REQUIRE(watcher.wait_failed());
    CHECK(watcher.failed->kind == error_kind::output_failed);
    CHECK(watcher.reader_left);
    CHECK(watcher.confirmed() == 0);
    watcher.produce(topic, "k", "v", 1);
    watcher.watch(100);
    CHECK(watcher.failures == 1);
}

TEST_CASE("an output that cannot be written is a failure") {
    const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    REQUIRE(full >= 0);
    auto factory = make_stdout_factory(full);
    sink_watcher watcher(*factory);
    const auto topic = watcher.open("t");
    watcher.produce(topic, "k", "v", 1);
    REQUIRE(watcher.wait_failed());
    CHECK(watcher.failed->kind == error_kind::output_failed);
    CHECK_FALSE(watcher.reader_left);
    ::close(full);
}
