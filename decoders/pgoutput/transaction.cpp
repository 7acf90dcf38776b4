// Begin   'B'  Int64 commit_lsn  Int64 commit_time  Int32 xid
// Commit  'C'  Int8 flags (0)  Int64 commit_lsn  Int64 end_lsn  Int64 commit_time
// Origin  'O'  Int64 commit_lsn at the origin  String name

#include "decoders/pgoutput/parts.hpp"

namespace walferry::pgoutput {

defect read_begin(byte_reader& in, body& out) {
    auto& message = out.emplace<begin>();
    message.commit_lsn = {in.u64()};
    message.commit_time = in.i64();
    message.xid = in.u32();
    return defect::none;
}

defect read_commit(byte_reader& in, body& out) {
    auto& message = out.emplace<commit>();
    auto flags = in.u8();
    message.commit_lsn = {in.u64()};
    message.end_lsn = {in.u64()};
    message.commit_time = in.i64();
    return flags == 0 ? defect::none : defect::reserved_flags;
}

defect read_origin(byte_reader& in, body& out) {
    auto& message = out.emplace<origin>();
    message.commit_lsn = {in.u64()};
    message.name = in.c_string();
    return defect::none;
}

}  // namespace walferry::pgoutput
