#include "cmd/walferry/record_command.hpp"
#include "cmd/walferry/stop_signal.hpp"
#include "cmd/walferry/stream_parts.hpp"
#include "lib/config/names.hpp"
#include "lib/observe/log.hpp"
#include "lib/pipeline/replay.hpp"
#include "lib/publish/discard_sink.hpp"

#include <nlohmann/json.hpp>

#include <csignal>
#include <cstdio>
#include <iostream>

namespace walferry {
namespace {

void print(const pipeline::replayed& done, bool json) {
    const auto& count = done.counted;
    const double seconds = done.took.count();
    const double rate = seconds > 0 ? static_cast<double>(count.changes) / seconds : 0;
    if (json) {
        // Data goes to stdout, and with the stdout sink that is the events.
        std::cerr << nlohmann::json{{"transactions", count.transactions},
                                    {"changes", count.changes},
                                    {"records", count.records},
                                    {"record_bytes", count.record_bytes},
                                    {"frames", count.frames},
                                    {"seconds", seconds},
                                    {"changes_per_second", rate},
                                    {"whole", done.whole}}
                         .dump()
                  << '\n';
        return;
    }
    std::fprintf(stderr,
                 "walferry: %llu transactions, %llu changes, %llu records in %.3f s (%.0f/s)%s\n",
                 static_cast<unsigned long long>(count.transactions),
                 static_cast<unsigned long long>(count.changes),
                 static_cast<unsigned long long>(count.records), seconds, rate,
                 done.whole ? "" : "; stopped before the end of the capture");
}

void tell(observe::logger& log, const pipeline::report& what) {
    if (what.level < pipeline::report::severity::warning) {
        return;
    }
    log.write({.level = observe::log_level::warning,
               .event = what.event,
               .message = what.message,
               .kind = what.kind,
               .hint = what.hint});
}

}  // namespace

int replay_file(const invocation& how, const replay_options& options) {
    auto loaded = configure(how);
    if (!loaded) {
        return print_error(loaded.error());
    }
    auto source = capture::capture_reader::open(options.file);
    if (!source) {
        return print_error(source.error());
    }
    std::signal(SIGPIPE, SIG_IGN);
    auto& settings = loaded->values;
    settings.snapshot.mode = config::snapshot_mode::never;
    if (settings.name.empty()) {
        config::fill_names(settings, source->about().database);
    }
    auto decider = make_engine(settings, false);
    if (!decider) {
        return print_error(decider.error());
    }
    observe::logger log{settings.log};
    auto sinks = options.discard ? publish::make_discard_factory() : make_sinks(settings);
    auto done = pipeline::replay({*source, *decider, *sinks, options.recorded_pace, &stop_signal(),
                                  [&log](const pipeline::report& what) { tell(log, what); }});
    if (!done) {
        return print_error(done.error());
    }
    print(*done, how.json);
    return 0;
}

}  // namespace walferry
