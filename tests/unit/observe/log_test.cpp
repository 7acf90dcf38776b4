#include "lib/observe/log.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <thread>

namespace walferry::observe {
namespace {

// A pipe with a logger at its one end; closing the logger writes what is queued.
class piped_log {
public:
    explicit piped_log(log_level level = log_level::info, log_style style = log_style::journal,
                       bool terminal = false) {
        REQUIRE(::pipe(ends_.data()) == 0);
        log.emplace(log_target{.descriptor = ends_[1],
                               .style = style,
                               .level = level,
                               .clock =
                                   [this] {
                                       return moment{now, {}};
                                   },
                               .terminal = terminal});
    }
    ~piped_log() { ::close(ends_[0]); }

    int reading_end() const { return ends_[0]; }

    void close() {
        log.reset();
        ::close(ends_[1]);
    }

    std::string text() {
        close();
        std::string all;
        std::array<char, 4096> part{};
        for (ssize_t n = 1; n > 0;) {
            n = ::read(ends_[0], part.data(), part.size());
            all.append(part.data(), static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
        }
        return all;
    }

    instant now{};
    std::optional<logger> log;

private:
    std::array<int, 2> ends_{};
};

}  // namespace

TEST_CASE("each event is one line and all are written before the logger is gone") {
    piped_log to;
    for (int i = 0; i < 100; ++i) {
        to.log->write({.event = "e", .message = "m", .key = std::to_string(i)});
    }
    const std::string text = to.text();
    CHECK(std::count(text.begin(), text.end(), '\n') == 100);
    CHECK(text.substr(0, 8) == "<6>e: m\n");
}

TEST_CASE("lines below the level are not written, also after a reload") {
    piped_log to{log_level::warning};
    to.log->write({.level = log_level::info, .event = "a"});
    CHECK_FALSE(to.log->writes(log_level::info));
    to.log->set_level(log_level::debug);
    to.log->write({.level = log_level::debug, .event = "b"});
    CHECK(to.text() == "<7>b: \n");
}

TEST_CASE("repeats are held back and told by the next one or by the tick") {
    piped_log to;
    const log_line line{.event = "e", .message = "m"};
    to.log->write(line);
    to.log->write(line);
    to.now += std::chrono::seconds{10};
    to.log->write(line);
    to.log->write(line);
    to.now += std::chrono::seconds{10};
    to.log->tick();
    CHECK(to.text() == "<6>e: m\n<6>e: m  suppressed=1\n<6>e: happened more often  suppressed=1\n");
}

TEST_CASE("progress stays below the lines of a terminal, and nowhere else") {
    piped_log screen{log_level::info, log_style::text, true};
    screen.log->show_progress("half");
    screen.log->show_progress("half");
    screen.log->write({.event = "e", .message = "m"});
    screen.log->show_progress({});
    const auto seen = screen.text();
    const std::string clear = "\r\x1b[K";
    CHECK(seen.starts_with(clear + "half" + clear));
    CHECK(seen.ends_with("m\nhalf" + clear));
    for (const bool terminal : {false, true}) {
        piped_log other{log_level::info, terminal ? log_style::json : log_style::text, terminal};
        other.log->show_progress("half");
        CHECK(other.text().empty());
    }
}

TEST_CASE("an error becomes a line with its kind and its cure") {
    piped_log to;
    const error what{error_kind::slot_lost, "slot \"x\" is gone", "drop it", ""};
    to.log->write(line_of(log_level::error, "slot_lost", what));
    CHECK(to.text() == "<3>slot_lost: slot \"x\" is gone  error_kind=slot_lost hint=\"drop it\"\n");
}

TEST_CASE("a reader that stands still does not stop the writer") {
    piped_log to;
    const std::string long_text(1000, 'x');
    for (int i = 0; i < 20000; ++i) {
        to.now += std::chrono::seconds{10};
        to.log->write({.event = "e", .message = long_text});
    }
    CHECK(to.log->dropped() > 0);
    // Only now is the pipe read: the logger's destructor would wait for its reader.
    std::thread reader{[&] {
        std::array<char, 65536> part{};
        while (::read(to.reading_end(), part.data(), part.size()) > 0) {
        }
    }};
    to.close();
    reader.join();
}

}  // namespace walferry::observe
