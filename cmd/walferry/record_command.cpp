#include "cmd/walferry/record_command.hpp"

#include "cmd/walferry/await.hpp"
#include "cmd/walferry/stop_signal.hpp"
#include "cmd/walferry/stream_parts.hpp"
#include "lib/pipeline/recorder.hpp"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <csignal>
#include <iostream>

namespace walferry {
namespace {

void print(const pipeline::recorded& done, const std::string& file, bool json) {
    if (json) {
        std::cout << nlohmann::json{{"file", file},
                                    {"frames", done.frames},
                                    {"transactions", done.transactions},
                                    {"bytes", done.bytes},
                                    {"reached", to_string(done.reached)}}
                         .dump()
                  << '\n';
        return;
    }
    std::cerr << "walferry: " << file << " holds " << done.frames << " frames, "
              << done.transactions << " transactions up to " << to_string(done.reached) << " ("
              << done.bytes << " bytes)\n";
}

}  // namespace

int record_to_file(const invocation& how, const record_options& options) {
    auto loaded = configure(how);
    if (!loaded) {
        return print_error(loaded.error());
    }
    auto& settings = loaded->values;
    pipeline::record_request request;
    if (!options.until.empty()) {
        request.until = parse_lsn(options.until);
        if (!request.until) {
            return print_error({error_kind::usage,
                                "--until \"" + options.until + "\" is not an LSN like 0/16B3748",
                                {},
                                {}});
        }
    }
    std::signal(SIGPIPE, SIG_IGN);
    if (auto named = complete_names(settings); !named) {
        return print_error(named.error());
    }
    auto selects = table_filter_of(settings);
    if (!selects) {
        return print_error(selects.error());
    }
    request.file = options.file;
    request.what = {settings.source, std::move(*selects), options.temporary, &stop_signal()};
    request.mask = options.mask;
    request.until_now = options.until_now;
    if (options.temporary) {
        request.what.source.slot = "walferry_record_" + std::to_string(::getpid());
    }
    boost::asio::io_context io{1};
    auto done = await(io, pipeline::record_stream(io, std::move(request)));
    if (!done) {
        return print_error(done.error());
    }
    print(*done, options.file, how.json);
    return 0;
}

}  // namespace walferry
