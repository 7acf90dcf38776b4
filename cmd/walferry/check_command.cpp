#include "cmd/walferry/check_command.hpp"

#include "cmd/walferry/agreement.hpp"
#include "cmd/walferry/await.hpp"
#include "cmd/walferry/sink_check.hpp"
#include "cmd/walferry/stream_parts.hpp"
#include "lib/audit/mend.hpp"
#include "lib/audit/source_audit.hpp"
#include "lib/route/unfit_tables.hpp"
#include "lib/spool/file.hpp"

#include <libpq-fe.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>

namespace walferry {
namespace {

using audit::finding;

std::string libpq_version() {
    const int version = PQlibVersion();
    return std::to_string(version / 10000) + '.' + std::to_string(version % 10000);
}

std::vector<finding> look_at_source(const config::settings& settings,
                                    postgres::table_filter selects,
                                    std::vector<route::planned_topic>& topics) {
    boost::asio::io_context io{1};
    audit::source_audit_request request;
    request.source = settings.source;
    request.snapshot = settings.snapshot.mode;
    request.skips = settings.events.skip;
    request.selects = std::move(selects);
    request.unfit = [&](const auto& tables, const auto& today) {
        topics = route::planned_topics(settings, route::judged(tables), today);
        return route::unfit_tables(settings, tables, today);
    };
    return await(io, audit::audit_source(io, std::move(request)));
}

std::optional<finding> look_at_spool(const config::source_settings& source) {
    if (source.streaming == config::streaming_mode::off) {
        return std::nullopt;
    }
    spool::file tried{source.spool_directory};
    auto usable = tried.open();
    return usable ? audit::found_ok("spool", source.spool_directory + " can be written")
                  : audit::found_error("spool", usable.error());
}

result<std::vector<finding>> look(config::settings& settings) {
    auto selects = table_filter_of(settings);
    if (!selects) {
        return tl::unexpected<error>(std::move(selects.error()));
    }
    std::vector<finding> findings{audit::found_ok("program", "libpq " + libpq_version())};
    if (auto spool = look_at_spool(settings.source)) {
        findings.push_back(std::move(*spool));
    }
    std::vector<route::planned_topic> topics;
    if (auto named = complete_names(settings); !named) {
        findings.push_back(audit::found_error("connection", named.error()));
    } else {
        for (auto& one : look_at_source(settings, std::move(*selects), topics)) {
            findings.push_back(std::move(one));
        }
    }
    for (auto& one : check_sink(settings, topics)) {
        findings.push_back(std::move(one));
    }
    return findings;
}

void show(const std::vector<std::string>& statements) {
    std::cerr << "safe to execute, because they only add:\n";
    for (const auto& one : statements) {
        std::cerr << "  " << one << ";\n";
    }
}

int report(const invocation& how, const std::vector<finding>& findings,
           const std::vector<std::string>& applied) {
    const bool colourful = isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
    std::cout << (how.json ? audit::as_json(findings, applied)
                           : audit::as_text(findings,
                                            colourful ? audit::colours::on : audit::colours::off));
    return audit::exit_code(findings);
}

}  // namespace

int check(const invocation& how, const check_options& options) {
    auto loaded = configure(how);
    if (!loaded) {
        return print_error(loaded.error());
    }
    std::signal(SIGPIPE, SIG_IGN);
    auto& settings = loaded->values;
    auto findings = look(settings);
    if (!findings) {
        return print_error(findings.error());
    }
    const auto statements = audit::safe_statements(*findings);
    if (!options.fix || statements.empty()) {
        return report(how, *findings, {});
    }
    show(statements);
    if (auto refused = unless_agreed(options.yes, "these statements would be executed")) {
        report(how, *findings, {});
        return *refused;
    }
    boost::asio::io_context io{1};
    if (auto done = await(io, audit::mend(io, settings.source, statements)); !done) {
        return print_error(done.error());
    }
    auto after = look(settings);
    return after ? report(how, *after, statements) : print_error(after.error());
}

}  // namespace walferry
