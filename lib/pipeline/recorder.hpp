#pragma once

#include "lib/pipeline/follower.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace walferry::pipeline {

struct record_request {
    std::string file;
    follow_request what;
    bool mask = false;
    bool until_now = false;    // end where the server's WAL ended at the start
    std::optional<lsn> until;  // end behind the first transaction that ends at or behind it
};

struct recorded {
    std::uint64_t frames = 0;
    std::uint64_t transactions = 0;
    std::uint64_t bytes = 0;  // of the file
    lsn reached;
};

// Keeps the raw stream of the slot in a file until it is told to stop. Nothing is acknowledged: the
// slot stays where it is, and holds WAL as long as it lives.
// Errors: those of follow(), config_invalid for a mask of binary values, output_failed.
postgres::task<result<recorded>> record_stream(boost::asio::io_context& io, record_request request);

}  // namespace walferry::pipeline
