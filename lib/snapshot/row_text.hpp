#pragma once

#include "decoders/pgoutput/message.hpp"
#include "lib/base/text_buffer.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace walferry::snapshot {

// One row of COPY ... TO STDOUT in text format as the values that pgoutput would send for it.
// Reuses its memory. Pure.
class row_text {
public:
    // `line` with or without its newline; false when it does not have so many columns. The values
    // live until the next call and as long as `line`.
    bool read(std::string_view line, std::size_t columns);

    pgoutput::row values() const { return values_; }

private:
    void add(std::string_view field);

    std::vector<pgoutput::column_value> values_;
    text_buffer unescaped_;
};

}  // namespace walferry::snapshot
