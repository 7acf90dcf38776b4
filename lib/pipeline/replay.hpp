#pragma once

#include "lib/base/error.hpp"
#include "lib/capture/capture_reader.hpp"
#include "lib/pipeline/engine.hpp"
#include "lib/publish/sink_driver.hpp"

#include <atomic>
#include <chrono>
#include <functional>

namespace walferry::pipeline {

struct replay_parts {
    capture::capture_reader& source;
    engine& decider;  // fresh; remembers nothing and keeps no state
    publish::sink_factory& sinks;
    bool recorded_pace = false;  // else as fast as the sink takes it
    const std::atomic<bool>* stop =
        nullptr;  // set by a signal: what is out is confirmed, then it ends
    std::function<void(const report&)> tell;  // what `run` would log
};

struct replayed {
    counters counted;
    std::chrono::duration<double> took{};  // from the first frame to the last confirmation
    bool whole = false;                    // not stopped before the end of the capture
};

// Runs the pipeline over a capture in place of PostgreSQL, on the calling thread, until everything
// is confirmed. Nothing is acknowledged to anybody. A sink that fails ends it: there is no server
// to send again. Errors: the capture's, the engine's and the sink's.
result<replayed> replay(replay_parts parts);

}  // namespace walferry::pipeline
