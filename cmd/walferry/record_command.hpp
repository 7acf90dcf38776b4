#pragma once

#include "cmd/walferry/invocation.hpp"

#include <string>

namespace walferry {

struct record_options {
    std::string file;
    bool temporary = false;
    bool mask = false;
    bool until_now = false;
    std::string until;  // an LSN; empty: until a signal
};

// `walferry record FILE`: the exit code.
int record_to_file(const invocation& how, const record_options& options);

struct replay_options {
    std::string file;
    bool recorded_pace = false;
    bool discard = false;
};

// `walferry replay FILE`: the exit code.
int replay_file(const invocation& how, const replay_options& options);

}  // namespace walferry
