#include "cmd/walferry/tail_command.hpp"

#include "cmd/walferry/await.hpp"
#include "cmd/walferry/stop_signal.hpp"
#include "cmd/walferry/stream_parts.hpp"
#include "decoders/pgoutput/decoder.hpp"
#include "lib/change/assembler.hpp"
#include "lib/config/pattern.hpp"
#include "lib/encode/readable.hpp"
#include "lib/pipeline/follower.hpp"
#include "lib/postgres/copy_frame.hpp"

#include <boost/asio/awaitable.hpp>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <optional>

namespace walferry {
namespace {

constexpr std::size_t value_max_on_a_terminal = 60;

// Prints the changes of the tables that are wanted.
class printer final : public pipeline::frame_taker {
public:
    printer(std::optional<config::pattern_list> wanted, encode::readable::look look, bool json)
        : wanted_(std::move(wanted)), lines_(look), json_(json) {}

    result<void> begin(postgres::prepared_stream& from) override {
        const auto& tables = from.publication.tables;
        const auto selected = std::ranges::count_if(tables, [this](const auto& one) {
            return !wanted_ || wanted_->has_table(one.schema, one.name);
        });
        if (selected == 0) {
            std::cerr << "walferry: warning: none of the tables is in the publication yet\n";
        }
        std::cerr << "walferry: changes of " << selected << " of the " << tables.size()
                  << " tables in publication " << from.publication.name << " of database "
                  << from.server.database << " from now on; Ctrl-C ends\n";
        return {};
    }

    postgres::task<result<void>> take(std::string_view frame) override {
        auto parsed = postgres::parse_copy_frame(frame);
        if (const auto* data = std::get_if<postgres::wal_frame>(&parsed)) {
            if (decoder_.decode(data->payload, message_) != pgoutput::defect::none) {
                co_return fail(
                    error_kind::protocol_violation,
                    "PostgreSQL sent a message that is not pgoutput at " + to_string(data->start));
            }
            auto step = assembler_.apply(message_, data->start);
            if (!step) {
                co_return tl::unexpected<error>(std::move(step.error()));
            }
            show(*step);
        }
        co_return std::cout.good()
            ? result<void>{}
            : fail(error_kind::output_failed, "the reader of the output went away");
    }

    void pause() override { std::cout.flush(); }

private:
    void show(change::step step) {
        if (step == change::step::begin) {
            shown_ = 0;
        } else if (step == change::step::changes) {
            for (const auto& one : assembler_.changes()) {
                if (is_wanted(one)) {
                    show(one);
                }
            }
        } else if (step == change::step::commit && shown_ > 0 && !json_) {
            text_.clear();
            lines_.close(text_, assembler_.current(), shown_);
            std::cout << text_;
        }
    }

    void show(const change::change& one) {
        if (json_) {
            std::cout << encode::readable_json(one) << '\n';
            return;
        }
        text_.clear();
        if (one.in != nullptr && shown_++ == 0) {
            lines_.open(text_, *one.in);
        }
        lines_.add(text_, one);
        std::cout << text_;
    }

    bool is_wanted(const change::change& one) const {
        return !wanted_ ||
               (one.table != nullptr && wanted_->has_table(one.table->schema, one.table->name));
    }

    std::optional<config::pattern_list> wanted_;
    encode::readable lines_;
    bool json_;
    pgoutput::decoder decoder_;
    pgoutput::message message_;
    change::assembler assembler_;
    std::string text_;
    std::size_t shown_ = 0;  // of the open transaction
};

// `orders` means public.orders, as it does in psql.
result<std::optional<config::pattern_list>> patterns_of(std::vector<std::string> tables) {
    if (tables.empty()) {
        return std::nullopt;
    }
    for (auto& table : tables) {
        if (table.find('.') == std::string::npos && table.find('/') == std::string::npos) {
            table.insert(table.starts_with('!') ? 1 : 0, "public.");
        }
    }
    auto made = config::pattern_list::compile(tables, config::pattern_subject::table);
    if (!made) {
        return tl::unexpected(std::move(made.error()));
    }
    return std::optional{std::move(*made)};
}

}  // namespace

int tail(const invocation& how, const std::vector<std::string>& tables) {
    auto loaded = configure(how);
    if (!loaded) {
        return print_error(loaded.error());
    }
    auto& settings = loaded->values;
    settings.source.streaming = config::streaming_mode::off;  // people see what has committed
    std::signal(SIGPIPE, SIG_IGN);
    auto wanted = patterns_of(tables);
    if (!wanted) {
        return print_error(wanted.error());
    }
    if (auto named = complete_names(settings); !named) {
        return print_error(named.error());
    }
    auto selects = table_filter_of(settings);
    if (!selects) {
        return print_error(selects.error());
    }
    pipeline::follow_request request{settings.source, std::move(*selects), true, &stop_signal()};
    request.source.slot = "walferry_tail_" + std::to_string(::getpid());
    request.source.binary = false;
    const bool terminal = ::isatty(STDOUT_FILENO) == 1;
    encode::readable::look look;
    look.colours = terminal && std::getenv("NO_COLOR") == nullptr;
    look.value_max = terminal ? value_max_on_a_terminal : 0;
    printer shown{std::move(*wanted), look, how.json};
    boost::asio::io_context io{1};
    auto done = await(io, pipeline::follow(io, std::move(request), shown));
    std::cout.flush();
    if (!done && std::cout.good()) {
        return print_error(done.error());
    }
    return 0;
}

}  // namespace walferry
