#include "cmd/walferry/check_command.hpp"

#include "cmd/walferry/await.hpp"
#include "cmd/walferry/stream_parts.hpp"
#include "lib/audit/source_audit.hpp"
#include "lib/route/unfit_tables.hpp"

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>

namespace walferry {
namespace {

result<std::vector<audit::finding>> look(config::settings settings, const sink_probe& sink) {
    auto selects = table_filter_of(settings);
    if (!selects) {
        return tl::unexpected<error>(std::move(selects.error()));
    }
    boost::asio::io_context io{1};
    std::vector<audit::finding> findings;
    if (auto named = complete_names(settings); !named) {
        findings.push_back(audit::found_error("connection", named.error()));
    } else {
        findings =
            await(io, audit::audit_source(io, settings.source, std::move(*selects),
                                          [&settings](const auto& tables, const auto& today) {
                                              return route::unfit_tables(settings, tables, today);
                                          }));
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
