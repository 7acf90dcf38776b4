#pragma once

#include <cstdint>

namespace walferry::pipeline {

// Plain numbers that the engine counts; copied out at a scrape.
struct counters {
    std::uint64_t frames = 0;
    std::uint64_t bytes = 0;
    std::uint64_t transactions = 0;
    std::uint64_t aborted_transactions = 0;  // that were streamed
    std::uint64_t changes = 0;               // that PostgreSQL sent
    std::uint64_t changes_filtered = 0;      // of them left out by configuration
    std::uint64_t records = 0;               // handed to the sink
    std::uint64_t records_confirmed = 0;
    std::uint64_t record_bytes = 0;  // keys and values
    std::uint64_t reconnects = 0;
    std::uint64_t sink_replacements = 0;
    std::uint64_t schema_changes = 0;
    std::uint64_t dead_letters = 0;
    std::uint64_t poison_skipped = 0;
    std::uint64_t poison_stopped = 0;
    std::int64_t last_commit_time_us = 0;  // Unix time of the last commit that was read
};

}  // namespace walferry::pipeline
