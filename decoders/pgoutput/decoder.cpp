// message      := type [ xid ] content        xid inside a stream block, for R Y I U D T M only
// stream block := 'S' ... 'E'

#include "decoders/pgoutput/decoder.hpp"

#include "decoders/pgoutput/parts.hpp"

namespace walferry::pgoutput {
namespace {

bool carries_xid(char type) {
    return type == 'R' || type == 'Y' || type == 'I' || type == 'U' || type == 'D' || type == 'T' ||
           type == 'M';
}

defect read_content(char type, byte_reader& in, storage& room, body& out) {
    switch (type) {
        case 'I':
            return read_insert(in, room, out);
        case 'U':
            return read_update(in, room, out);
        case 'D':
            return read_delete(in, room, out);
        case 'B':
            return read_begin(in, out);
        case 'C':
            return read_commit(in, out);
        case 'R':
            return read_relation(in, room, out);
        case 'Y':
            return read_type(in, out);
        case 'O':
            return read_origin(in, out);
        case 'T':
            return read_truncate(in, room, out);
        case 'M':
            return read_logical_message(in, out);
        case 'S':
            return read_stream_start(in, out);
        case 'E':
            out.emplace<stream_stop>();
            return defect::none;
        case 'c':
            return read_stream_commit(in, out);
        case 'A':
            return read_stream_abort(in, out);
        case 'b':
        case 'P':
        case 'K':
        case 'r':
        case 'p':
            return read_two_phase(type, in, out);
        default:
            return defect::unknown_type;
    }
}

}  // namespace

std::string_view describe(defect what) {
    switch (what) {
        case defect::none:
            return "no defect";
        case defect::unknown_type:
            return "unknown message type";
        case defect::truncated:
            return "message ends inside a field";
        case defect::trailing_bytes:
            return "bytes behind the end of the message";
        case defect::reserved_flags:
            return "reserved flags are set";
        case defect::bad_row:
            return "unknown row or column marker";
        case defect::bad_block:
            return "stream block opened twice or closed without being open";
    }
    return "unknown defect";
}

defect decoder::decode(std::string_view bytes, message& out) {
    byte_reader in{bytes};
    char type = static_cast<char>(in.u8());
    if (in.failed()) {
        return defect::truncated;
    }
    if ((type == 'S' && in_stream_block_) || (type == 'E' && !in_stream_block_)) {
        return defect::bad_block;
    }
    out.xid = in_stream_block_ && carries_xid(type) ? in.u32() : 0;
    auto found = read_content(type, in, storage_, out.content);
    if (found != defect::none) {
        return found;
    }
    if (in.failed()) {
        return defect::truncated;
    }
    if (!in.at_end()) {
        return defect::trailing_bytes;
    }
    if (type == 'S' || type == 'E') {
        in_stream_block_ = type == 'S';
    }
    return defect::none;
}

}  // namespace walferry::pgoutput
