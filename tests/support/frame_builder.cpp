#include "tests/support/frame_builder.hpp"

#include "tests/support/byte_writer.hpp"

namespace walferry::test {

std::string wal_frame(lsn start, std::string_view payload) {
    return byte_writer{}.letter('w').u64(start.value).u64(start.value).i64(0).bytes(payload).take();
}

std::string keepalive(lsn wal_end, bool reply_requested) {
    return byte_writer{}.letter('k').u64(wal_end.value).i64(0).u8(reply_requested ? 1 : 0).take();
}

}  // namespace walferry::test
