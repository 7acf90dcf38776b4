#pragma once

#include <cstddef>

namespace walferry::pipeline {

// A snapshot's batches out, confirmed or not: some megabytes of the ledger's.
inline constexpr std::size_t batches_out_max = 1u << 16;

}  // namespace walferry::pipeline
