#include "cmd/walferry/run_command.hpp"

#include "cmd/walferry/reload.hpp"
#include "cmd/walferry/stop_signal.hpp"
#include "cmd/walferry/stream_parts.hpp"
#include "cmd/walferry/version.hpp"
#include "lib/observe/facts.hpp"
#include "lib/observe/http_server.hpp"
#include "lib/observe/log.hpp"
#include "lib/observe/notify.hpp"
#include "lib/observe/progress_line.hpp"
#include "lib/pipeline/backoff.hpp"
#include "lib/pipeline/engine.hpp"
#include "lib/pipeline/loop.hpp"
#include "lib/pipeline/wall_clock.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <memory>
#include <optional>
#include <thread>

namespace walferry {
namespace {

constexpr std::chrono::milliseconds longest_pause{800};

// Naps of 50 microseconds need timers that are that exact.
void sharpen_timers() {
    ::prctl(PR_SET_TIMERSLACK, 1000UL);
}

// One run of one stream, from the configuration to the exit code.
class stream_run {
public:
    stream_run(const invocation& how, config::configuration loaded, pipeline::engine decider,
               std::unique_ptr<publish::sink_factory> sinks, postgres::table_filter selects,
               observe::logger& log, config::settings& settings)
        : how_(how),
          loaded_(std::move(loaded)),
          settings_(settings),
          log_(log),
          signals_(io_, SIGTERM, SIGINT, SIGHUP),
          sinks_(std::move(sinks)),
          loop_({io_, settings, log, *sinks_, std::move(selects)}, std::move(decider)),
          http_(
              io_, settings.http, [this] { return facts(); }, log),
          second_(io_) {}

    int run() {
        http_.add_post_route("/snapshot",
                             [this](std::string_view body) { return ask_for_snapshot(body); });
        if (auto served = serve_http(); !served) {
            return print_error(served.error());
        }
        wait_for_signal();
        every_second();
        loop_.start([this](std::optional<error> why) { finished(std::move(why)); });
        if (told_to_stop_) {  // before there was anything to hear it
            stop();
        }
        io_.run();
        // The producer may take seconds to end, without the loop.
        stop_signal();
        return exit_code_;
    }

private:
    // The default address may be taken by another walferry; one that was asked for must work.
    result<void> serve_http() {
        auto port = http_.start();
        if (port) {
            return {};
        }
        if (loaded_.origins.contains("http.listen")) {
            return tl::unexpected(std::move(port.error()));
        }
        log_.write(observe::line_of(observe::log_level::warning, "http_off", port.error()));
        return {};
    }

    // By http.token, which the router asked for. What is asked goes through the WAL; /status tells
    // when it was heard.
    observe::http_reply ask_for_snapshot(std::string_view body) {
        auto asked = loop_.ask_for_snapshot(body);
        observe::http_reply reply;
        reply.status = asked ? 202 : asked.error().kind == error_kind::usage ? 400 : 503;
        reply.body = asked ? "asked; see /status\n"
                           : asked.error().message + "; " + asked.error().hint + "\n";
        return reply;
    }

    observe::stream_facts facts() {
        auto shown = loop_.facts();
        shown.build = {program_version(), program_commit(), libpq_version(), librdkafka_version()};
        shown.reload = reloaded_;
        return shown;
    }

    void wait_for_signal() {
        signals_.async_wait([this](const boost::system::error_code& cancelled, int signal) {
            if (cancelled) {
                return;
            }
            if (signal == SIGHUP) {
                reload_configuration();
                wait_for_signal();
                return;
            }
            if (stopping_ && std::chrono::steady_clock::now() - stop_asked_at_ < same_stop) {
                wait_for_signal();
                return;
            }
            if (stopping_) {
                log_.write({.level = observe::log_level::warning,
                            .event = "stop_forced",
                            .message = "a second signal cut the shutdown short"});
                exit_code_ = forced_exit_code;
                io_.stop();
                return;
            }
            stop();
            wait_for_signal();
        });
    }

    void stop() {
        stopping_ = true;
        stop_asked_at_ = std::chrono::steady_clock::now();
        stop_was_told();
        notifier_.stopping("draining");
        loop_.stop();
    }

    void reload_configuration() {
        notifier_.reloading();
        auto changed = reload(how_, loaded_, settings_);
        reloaded_ = {changed.has_value(), pipeline::wall_clock()};
        if (changed) {
            log_.set_level(settings_.log.level);
            http_.set_token(settings_.http.token);
            std::string names;
            for (const auto& name : *changed) {
                names += (names.empty() ? "" : ", ") + name;
            }
            log_.write({.event = "reloaded",
                        .message = "the configuration was read again",
                        .more = {{"changed", std::string_view{names}}},
                        .key = names});
        } else {
            auto line =
                observe::line_of(observe::log_level::error, "reload_refused", changed.error());
            line.key = line.message;
            log_.write(line);
        }
        if (told_ready_) {
            notifier_.ready(status_text());
        }
    }

    void every_second() {
        second_.expires_after(std::chrono::seconds{1});
        second_.async_wait([this](const boost::system::error_code& cancelled) {
            if (cancelled) {
                return;
            }
            log_.tick();
            show_progress();
            tell_systemd();
            every_second();
        });
    }

    // Events on the same terminal would run into it.
    void show_progress() {
        if (settings_.sink.kafka.enabled || ::isatty(STDOUT_FILENO) == 0) {
            log_.show_progress(
                observe::progress_line(loop_.facts().snapshot, pipeline::wall_clock()));
        }
    }

    void tell_systemd() {
        if (!notifier_.active()) {
            return;
        }
        auto shown = loop_.facts();
        const auto status = status_text();
        if (!told_ready_ && (shown.state == observe::stream_state::streaming ||
                             shown.state == observe::stream_state::catching_up ||
                             shown.state == observe::stream_state::snapshot)) {
            told_ready_ = true;
            notifier_.ready(status);
        } else {
            notifier_.status(status);
        }
        notifier_.watchdog();
    }

    void finished(std::optional<error> why) {
        log_.show_progress({});
        if (why) {
            log_.write(observe::line_of(observe::log_level::error, "stopped", *why));
            exit_code_ = exit_code_of(why->kind);
        } else {
            const auto reached = loop_.facts().lsns.acknowledged;
            log_.write({.event = "stopped",
                        .message = "stopped in order",
                        .at = reached == lsn{} ? std::nullopt : std::optional{reached}});
        }
        signals_.cancel();
        second_.cancel();
        http_.stop();
    }

    std::string status_text() {
        auto shown = loop_.facts();
        return std::string{name_of(shown.state)} + ": " + shown.reason;
    }

    invocation how_;
    config::configuration loaded_;
    config::settings& settings_;
    observe::logger& log_;
    boost::asio::io_context io_{1};
    const std::atomic<bool>& told_to_stop_ = stop_signal();
    boost::asio::signal_set signals_;
    std::unique_ptr<publish::sink_factory> sinks_;
    pipeline::loop loop_;
    observe::http_server http_;
    observe::service_notifier notifier_;
    boost::asio::steady_timer second_;
    bool stopping_ = false;
    std::chrono::steady_clock::time_point stop_asked_at_{};
    bool told_ready_ = false;
    observe::reload_facts reloaded_;
    int exit_code_ = 0;
};

// The name is the database's where none is configured; until the server is there it is waited for,
// as for streaming.
result<void> find_name(config::settings& settings, observe::logger& log,
                       const std::atomic<bool>& told_to_stop) {
    const auto end = std::chrono::steady_clock::now() + settings.source.startup_timeout;
    pipeline::backoff pauses{longest_pause};
    for (;;) {
        auto named = complete_names(settings);
        if (named || told_to_stop || !is_retried(named.error().kind) ||
            std::chrono::steady_clock::now() >= end) {
            return named;
        }
        log.write(observe::line_of(observe::log_level::warning, "source_retry", named.error()));
        std::this_thread::sleep_for(pauses.next());
    }
}

}  // namespace

int run(const invocation& how) {
    auto loaded = configure(how);
    if (!loaded) {
        return print_error(loaded.error());
    }
    std::signal(SIGPIPE, SIG_IGN);
    sharpen_timers();
    // At a fixed place: the engine and the loop keep references to it.
    auto settings = std::make_unique<config::settings>(loaded->values);
    observe::logger log{settings->log};
    const auto& told_to_stop = stop_signal();
    auto named = find_name(*settings, log, told_to_stop);
    if (told_to_stop) {
        log.write({.event = "stopped", .message = "stopped in order"});
        return 0;
    }
    if (!named) {
        return print_error(named.error());
    }
    auto decider = make_engine(*settings, settings->sink.kafka.enabled);
    auto selects = table_filter_of(*settings);
    if (!decider || !selects) {
        return print_error(!decider ? decider.error() : selects.error());
    }
    return stream_run{
        how, std::move(*loaded), std::move(*decider), make_sinks(*settings), std::move(*selects),
        log, *settings}
        .run();
}

}  // namespace walferry
