#pragma once

#include "decoders/pgoutput/decoder.hpp"
#include "lib/change/catalog.hpp"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace walferry::capture {

// Replaces what the values of a stream say and keeps their shape: every digit becomes 1 and every
// letter x where that leaves a value of the type, so a masked stream decodes like the real one.
// Booleans become true. Names of tables and columns, enum labels in the catalog, nulls, lengths,
// transaction ids and times of commits stay. Keys become equal to each other. Text form only.
class masker {
public:
    // In place: `frame` is one CopyData message of the stream, in the order of the stream.
    // False when the bytes are not understood; then the frame must not be kept.
    bool apply(std::string& frame, const change::catalog& known);

private:
    using column_types = std::vector<change::oid>;

    void mask_row(std::string& frame, pgoutput::row columns, const column_types& types,
                  const change::catalog& known);

    pgoutput::decoder decoder_;
    pgoutput::message message_;
    std::unordered_map<change::oid, column_types> tables_;
};

}  // namespace walferry::capture
