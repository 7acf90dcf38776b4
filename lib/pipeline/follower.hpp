#pragma once

#include "lib/base/error.hpp"
#include "lib/config/settings.hpp"
#include "lib/postgres/setup.hpp"
#include "lib/postgres/task.hpp"

#include <atomic>
#include <string_view>

namespace walferry::pipeline {

struct follow_request {
    config::source_settings source;  // complete: slot and publication are filled in
    postgres::table_filter selects;
    bool temporary_slot = false;  // make source.slot for the time of this call
    const std::atomic<bool>* stop = nullptr;
};

// Who looks at the frames. Every call comes from the io_context's thread, one after the other.
class frame_taker {
public:
    frame_taker() = default;
    frame_taker(const frame_taker&) = delete;
    frame_taker& operator=(const frame_taker&) = delete;
    virtual ~frame_taker() = default;

    // Before the first frame.
    virtual result<void> begin(postgres::prepared_stream& from) = 0;

    // `frame` is one CopyData message (copy_frame.hpp), valid until the task ends.
    virtual postgres::task<result<void>> take(std::string_view frame) = 0;

    // Nothing waits to be read.
    virtual void pause() {}

    virtual bool has_enough() const { return false; }
};

// Reads the slot's stream until it is told to stop, and acknowledges nothing: the slot stays where
// it is. Errors: those of prepare(), of the stream and of the taker; slot_missing.
postgres::task<result<void>> follow(boost::asio::io_context& io, follow_request request,
                                    frame_taker& taker);

}  // namespace walferry::pipeline
