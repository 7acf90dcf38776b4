#include "lib/observe/log.hpp"

#include "lib/observe/log_format.hpp"
#include "lib/observe/log_repeats.hpp"

#include <poll.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/base_sink.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string>

namespace walferry::observe {
namespace {

// 8192 lines of some 300 bytes: a burst at start-up fits, and 3 MB is what a stalled reader costs.
constexpr std::size_t queue_lines_max = 8192;

// Writes each payload and a line end with one write(2), so that lines of several processes on one
// pipe do not mix. spdlog's own formatter is left out: its patterns do not escape.
class descriptor_sink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
public:
    explicit descriptor_sink(int descriptor) : descriptor_(descriptor) {}

protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
        std::string_view rest{message.payload.data(), message.payload.size()};
        while (!rest.empty()) {
            const ssize_t count = ::write(descriptor_, rest.data(), rest.size());
            if (count >= 0) {
                rest.remove_prefix(static_cast<std::size_t>(count));
            } else if (errno == EAGAIN) {
                pollfd ready{descriptor_, POLLOUT, 0};
                ::poll(&ready, 1, -1);
            } else if (errno != EINTR) {
                return;
            }
        }
    }

    void flush_() override {}

private:
    int descriptor_;
};

moment system_moment() {
    const auto wall = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::steady_clock::now(),
            {std::chrono::duration_cast<std::chrono::microseconds>(wall).count()}};
}

// Of a terminal's line that is not ended.
const std::string clear_line = "\r\x1b[K";

bool journal_is_stderr() {
    const char* named = std::getenv("JOURNAL_STREAM");
    struct stat about {};
    if (named == nullptr || ::fstat(STDERR_FILENO, &about) != 0) {
        return false;
    }
    return named == std::to_string(about.st_dev) + ":" + std::to_string(about.st_ino);
}

}  // namespace

log_line line_of(log_level level, std::string_view event, const error& what) {
    return {.level = level,
            .event = event,
            .message = what.message,
            .kind = what.kind,
            .hint = what.hint};
}

log_surroundings look_around() {
    const char* no_color = std::getenv("NO_COLOR");
    const char* term = std::getenv("TERM");
    return {.terminal = ::isatty(STDERR_FILENO) == 1,
            .journal = journal_is_stderr(),
            .no_color = (no_color != nullptr && *no_color != 0) ||
                        (term != nullptr && std::string_view{term} == "dumb")};
}

log_style choose_style(config::log_format wanted, const log_surroundings& around) {
    if (wanted == config::log_format::json) {
        return log_style::json;
    }
    if (around.terminal) {
        return around.no_color ? log_style::text : log_style::coloured_text;
    }
    if (around.journal) {
        return log_style::journal;
    }
    return wanted == config::log_format::text ? log_style::text : log_style::json;
}

struct logger::state {
    explicit state(log_target wanted)
        : target(std::move(wanted)),
          pool(std::make_shared<spdlog::details::thread_pool>(queue_lines_max, 1)),
          lines(std::make_shared<spdlog::async_logger>(
              "walferry", std::make_shared<descriptor_sink>(target.descriptor), pool,
              spdlog::async_overflow_policy::overrun_oldest)) {
        if (!target.clock) {
            target.clock = system_moment;
        }
        lines->set_level(spdlog::level::trace);
    }

    void send(const log_line& line, unix_time at, std::uint64_t held_back) {
        const std::string text = format_line(line, target.style, at, held_back) + '\n';
        put(progress.empty() ? text : clear_line + text + progress);
    }

    void put(const std::string& text) {
        lines->log(spdlog::level::info, spdlog::string_view_t{text.data(), text.size()});
    }

    log_target target;
    log_repeats repeats;
    std::string progress;
    std::shared_ptr<spdlog::details::thread_pool> pool;
    std::shared_ptr<spdlog::async_logger> lines;
};

logger::logger(const config::log_settings& settings)
    : logger(log_target{.style = choose_style(settings.format, look_around()),
                        .level = settings.level,
                        .terminal = look_around().terminal}) {}

logger::logger(log_target target) : state_(std::make_unique<state>(std::move(target))) {}

logger::~logger() = default;

void logger::write(const log_line& line) {
    if (!writes(line.level)) {
        return;
    }
    const moment now = state_->target.clock();
    if (const auto held_back = state_->repeats.pass(line, now.steady)) {
        state_->send(line, now.wall, *held_back);
    }
}

bool logger::writes(log_level level) const {
    return level >= state_->target.level;
}

void logger::set_level(log_level level) {
    state_->target.level = level;
}

void logger::tick() {
    const moment now = state_->target.clock();
    state_->repeats.expire(now.steady, [&](const log_repeats::remainder& rest) {
        state_->send({.level = rest.level, .event = rest.event, .message = "happened more often"},
                     now.wall, rest.count);
    });
}

void logger::show_progress(std::string line) {
    const bool fits =
        state_->target.style == log_style::text || state_->target.style == log_style::coloured_text;
    if (fits && state_->target.terminal && line != state_->progress) {
        state_->progress = std::move(line);
        state_->put(clear_line + state_->progress);
    }
}

std::uint64_t logger::dropped() const {
    return state_->pool->overrun_counter();
}

}  // namespace walferry::observe
