// Message  'M'  Int8 flags (1: transactional)  Int64 lsn (end of its record)  String prefix
//               Int32 length  bytes

#include "decoders/pgoutput/parts.hpp"

namespace walferry::pgoutput {

defect read_logical_message(byte_reader& in, body& out) {
    auto& message = out.emplace<logical_message>();
    auto flags = in.u8();
    message.transactional = (flags & 1) != 0;
    message.at = {in.u64()};
    message.prefix = in.c_string();
    auto length = in.u32();
    message.content = in.bytes(length);
    return (flags & ~1) == 0 ? defect::none : defect::reserved_flags;
}

}  // namespace walferry::pgoutput
