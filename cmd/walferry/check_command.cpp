#include "cmd/walferry/check_command.hpp"

#include "lib/audit/source_audit.hpp"
#include "lib/config/names.hpp"
#include "lib/config/pattern.hpp"
#include "lib/postgres/connection.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>

namespace walferry {
namespace {

// Runs one task to its end on a loop of its own.
template <typename value>
value await(boost::asio::io_context& io, postgres::task<value> work) {
    value answer;
    std::exception_ptr thrown;
    boost::asio::co_spawn(io, std::move(work), [&](std::exception_ptr failure, value done) {
        thrown = failure;
        answer = std::move(done);
    });
    io.restart();
    io.run();
    if (thrown) {
        std::rethrow_exception(thrown);
    }
    return answer;
}

// The database names slot and publication when the configuration names neither.
result<void> complete_names(boost::asio::io_context& io, config::settings& settings) {
    if (!settings.name.empty()) {
        return {};
    }
    postgres::connect_request request;
    request.url = settings.source.url;
    request.timeout = settings.source.connect_timeout;
    auto opened = await(io, postgres::connection::open(io, std::move(request)));
    if (!opened) {
        return tl::unexpected<error>(std::move(opened.error()));
    }
    config::fill_names(settings, opened->database());
    return {};
}

result<std::vector<audit::finding>> look(config::settings settings, const sink_probe& sink) {
    auto patterns =
        config::pattern_list::compile(settings.source.tables, config::pattern_subject::table);
    if (!patterns) {
        return tl::unexpected<error>(std::move(patterns.error()));
    }
    boost::asio::io_context io{1};
    std::vector<audit::finding> findings;
    if (auto named = complete_names(io, settings); !named) {
        findings.push_back(audit::found_error("connection", named.error()));
    } else {
        auto selects = [list = std::make_shared<config::pattern_list>(std::move(*patterns))](
                           std::string_view schema, std::string_view table) {
            return list->has_table(schema, table);
        };
        findings = await(io, audit::audit_source(io, settings.source, selects));
    }
    if (sink) {
        for (auto& one : sink(settings)) {
            findings.push_back(std::move(one));
        }
    }
    return findings;
}

}  // namespace

int check(const invocation& how, const sink_probe& sink) {
    auto loaded = configure(how);
    if (!loaded) {
        return print_error(loaded.error());
    }
    std::signal(SIGPIPE, SIG_IGN);
    auto findings = look(std::move(loaded->values), sink);
    if (!findings) {
        return print_error(findings.error());
    }
    const bool colourful = isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
    std::cout << (how.json ? audit::as_json(*findings)
                           : audit::as_text(*findings,
                                            colourful ? audit::colours::on : audit::colours::off));
    return audit::exit_code(*findings);
}

}  // namespace walferry
