#pragma once

#include "decoders/pgoutput/message.hpp"

#include <string_view>
#include <vector>

namespace walferry::pgoutput {

// Why bytes are not a message. After any of them the stream cannot be trusted: its reader must
// stop.
enum class defect {
    none,
    unknown_type,    // the first byte is no message of protocol 1 to 4
    truncated,       // ends inside a field
    trailing_bytes,  // longer than its message
    reserved_flags,  // flags that every known version sends as zero are not zero
    bad_row,         // a column kind, a row marker or a count that is not known
    bad_block,       // a stream block opened twice, or closed without being open
};

std::string_view describe(defect what);

// Where a decoder keeps what a message borrows; reused from message to message.
struct storage {
    std::vector<column_value> before;
    std::vector<column_value> after;
    std::vector<relation_column> columns;
    std::vector<oid> relations;
};

// Turns one pgoutput message (the payload of one XLogData) at a time into a `message`, valid until
// the next decode(). Nothing is allocated per row once the arrays have grown.
// Remembers whether a stream block is open, because messages inside one carry a transaction id.
class decoder {
public:
    // Never throws but for lack of memory, whatever the bytes.
    defect decode(std::string_view bytes, message& out);

    // Forgets an open stream block: a new session begins.
    void reset() { in_stream_block_ = false; }

private:
    storage storage_;
    bool in_stream_block_ = false;
};

}  // namespace walferry::pgoutput
