#pragma once

#include "lib/base/lsn.hpp"

#include <vector>

namespace walferry::pipeline {

// A part of the WAL. To it belongs what commits by a record that begins at or behind `from` and
// before `to`.
struct wal_range {
    lsn from;
    lsn to;

    bool operator==(const wal_range&) const = default;
};

// Ranges that follow each other from `from` to `flushed`, up to where the server's WAL is flushed:
// as many for each worker, so that all end at about the same time, and each small enough for the
// server's temporary files. A huge backlog is cut off; what is left is for the next time. Empty
// when there is nothing.
std::vector<wal_range> plan_ranges(lsn from, lsn flushed, int workers);

}  // namespace walferry::pipeline
