// Truncate  'T'  Int32 count  Int8 options (1: CASCADE, 2: RESTART IDENTITY)  count x Int32
// relation

#include "decoders/pgoutput/parts.hpp"

namespace walferry::pgoutput {

defect read_truncate(byte_reader& in, storage& room, body& out) {
    auto& message = out.emplace<truncate>();
    auto count = in.u32();
    auto options = in.u8();
    if (in.failed() || in.remaining() / sizeof(oid) < count) {
        return defect::truncated;
    }
    message.cascade = (options & 1) != 0;
    message.restart_identity = (options & 2) != 0;
    room.relations.clear();
    for (std::uint32_t i = 0; i < count; ++i) {
        room.relations.push_back(in.u32());
    }
    message.relations = room.relations;
    return (options & ~3) == 0 ? defect::none : defect::reserved_flags;
}

}  // namespace walferry::pgoutput
