// Stream Start   'S'  Int32 xid  Int8 first (1: the first block of this xid)
// Stream Stop    'E'
// Stream Commit  'c'  Int32 xid  Int8 flags (0)  Int64 commit_lsn  Int64 end_lsn  Int64 commit_time
// Stream Abort   'A'  Int32 xid  Int32 subtransaction  [ Int64 abort_lsn  Int64 abort_time ]
//                     the part in brackets with streaming = parallel only, so its presence is told
//                     by the length

#include "decoders/pgoutput/parts.hpp"

namespace walferry::pgoutput {

defect read_stream_start(byte_reader& in, body& out) {
    auto& message = out.emplace<stream_start>();
    message.xid = in.u32();
    auto first = in.u8();
    message.first_block = first == 1;
    return first <= 1 ? defect::none : defect::reserved_flags;
}

defect read_stream_commit(byte_reader& in, body& out) {
    auto& message = out.emplace<stream_commit>();
    message.xid = in.u32();
    auto flags = in.u8();
    message.commit_lsn = {in.u64()};
    message.end_lsn = {in.u64()};
    message.commit_time = in.i64();
    return flags == 0 ? defect::none : defect::reserved_flags;
}

defect read_stream_abort(byte_reader& in, body& out) {
    auto& message = out.emplace<stream_abort>();
    message.xid = in.u32();
    message.subtransaction = in.u32();
    if (!in.at_end()) {
        in.u64();
        in.u64();
    }
    return defect::none;
}

}  // namespace walferry::pgoutput
