#pragma once

// The program's log: one event, one line, on stderr. Text for people on a terminal, JSON lines
// otherwise. It refuses column values and secrets: callers never pass them (redact.hpp helps with
// URLs).

#include "lib/base/error.hpp"
#include "lib/base/lsn.hpp"
#include "lib/base/position.hpp"
#include "lib/base/time.hpp"
#include "lib/config/settings.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace walferry::observe {

using config::log_level;

// Something to say that log_line has no member for. Names are snake_case with the unit last.
struct log_field {
    std::string_view name;
    std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool> value;
};

// One event. Empty members are not printed. Views are read before write() returns:
//
//     log.write({.level = log_level::warning,
//                .event = "source_reconnecting",
//                .message = "the connection to PostgreSQL broke",
//                .kind = error_kind::connection_lost,
//                .more = {{"attempt", std::uint64_t{3}}}});
//
// `more` lives until the end of that statement only: a line with it cannot be a named variable.
struct log_line {
    log_level level = log_level::info;
    std::string_view event{};    // stable snake_case identifier: what one searches and alarms on
    std::string_view message{};  // a sentence without a full stop
    std::string_view slot{};
    std::optional<lsn> at{};           // `lsn`
    std::optional<position> change{};  // `position`
    std::string_view table{};
    std::string_view topic{};
    std::optional<error_kind> kind{};  // `error_kind`
    std::string_view hint{};
    std::optional<std::chrono::microseconds> duration{};  // `duration_ms`
    std::initializer_list<log_field> more{};
    std::string_view key{};  // not printed; tells repeats apart beside event, table, topic and kind
};

// An error as a line: its kind, message and hint. Borrows from `what`.
log_line line_of(log_level level, std::string_view event, const error& what);

// How lines look. `journal` is text with the `<3>` prefixes that journald turns into priorities.
enum class log_style { text, coloured_text, journal, json };

// What the style depends on, so that the decision can be tested; look_around() reads the process.
struct log_surroundings {
    bool terminal = false;  // stderr is one
    bool journal = false;   // $JOURNAL_STREAM names stderr
    bool no_color = false;  // $NO_COLOR is set and not empty, or $TERM is "dumb"
};
log_surroundings look_around();
log_style choose_style(config::log_format wanted, const log_surroundings& around);

// Where a logger writes and what it reads the time from.
struct log_target {
    int descriptor = 2;  // borrowed
    log_style style = log_style::json;
    log_level level = log_level::info;
    std::function<moment()> clock{};  // empty: the system's clocks
    bool terminal = false;
};

// Writes lines. Life: made by main before anything can fail, outlives everything that logs; the
// destructor writes what is queued. Thread: write() and the rest from one thread; a thread of
// spdlog does the writing, so a stalled terminal never stalls the caller: when 8192 lines wait, the
// oldest are dropped and counted. Errors: none are reported; a log that cannot be written is lost.
//
// Of equal events (event, table, topic, kind, key) one per 10 s is written; how many were held back
// is said by the next one, or by tick() when none follows.
class logger {
public:
    explicit logger(const config::log_settings& settings);
    explicit logger(log_target target);
    ~logger();

    logger(const logger&) = delete;
    logger& operator=(const logger&) = delete;

    void write(const log_line& line);

    // True when a line of this level would be written: lets a caller skip collecting its fields.
    bool writes(log_level level) const;

    // For SIGHUP.
    void set_level(log_level level);

    // Says how many repeats were held back of events that stopped. Call it about once a second.
    void tick();

    // A line that stays below the log while something lasts, on a terminal that shows text; nothing
    // elsewhere. Empty: takes it away.
    void show_progress(std::string line);

    // Lines lost because the reader of stderr was too slow.
    std::uint64_t dropped() const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace walferry::observe
