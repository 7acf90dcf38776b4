// Begin Prepare      'b'              Int64 prepare_lsn  Int64 end_lsn  Int64 prepare_time
//                                     Int32 xid  String gid
// Prepare            'P'  Int8 flags  Int64 prepare_lsn  Int64 end_lsn  Int64 prepare_time
//                                     Int32 xid  String gid
// Commit Prepared    'K'  Int8 flags  Int64 commit_lsn   Int64 end_lsn  Int64 commit_time
//                                     Int32 xid  String gid
// Rollback Prepared  'r'  Int8 flags  Int64 prepare_end  Int64 end_lsn  Int64 prepare_time
//                                     Int64 rollback_time  Int32 xid  String gid
// Stream Prepare     'p'  as Prepare

#include "decoders/pgoutput/parts.hpp"

namespace walferry::pgoutput {

defect read_two_phase(char kind, byte_reader& in, body& out) {
    auto& message = out.emplace<two_phase>();
    message.kind = kind;
    auto flags = kind == 'b' ? std::uint8_t{0} : in.u8();
    in.u64();
    message.end_lsn = {in.u64()};
    in.i64();
    if (kind == 'r') {
        in.i64();
    }
    message.xid = in.u32();
    message.gid = in.c_string();
    return flags == 0 ? defect::none : defect::reserved_flags;
}

}  // namespace walferry::pgoutput
