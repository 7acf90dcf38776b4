#include "lib/postgres/copy_frame.hpp"

#include "lib/base/byte_reader.hpp"

namespace walferry::postgres {
namespace {

copy_frame parse_wal(byte_reader& in) {
    wal_frame frame;
    frame.start = {in.u64()};
    frame.wal_end = {in.u64()};
    frame.sent = from_postgres_time(in.i64());
    frame.payload = in.rest();
    if (in.failed() || frame.payload.empty()) {
        return unknown_frame{};
    }
    return frame;
}

copy_frame parse_keepalive(byte_reader& in) {
    keepalive_frame frame;
    frame.wal_end = {in.u64()};
    frame.sent = from_postgres_time(in.i64());
    const std::uint8_t reply = in.u8();
    frame.reply_requested = reply == 1;
    if (in.failed() || !in.at_end() || reply > 1) {
        return unknown_frame{};
    }
    return frame;
}

char* put_u64(char* at, std::uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8) {
        *at++ = static_cast<char>(static_cast<unsigned char>(value >> shift));
    }
    return at;
}

}  // namespace

copy_frame parse_copy_frame(std::string_view bytes) {
    byte_reader in{bytes};
    switch (in.u8()) {
        case 'w':
            return parse_wal(in);
        case 'k':
            return parse_keepalive(in);
        default:
            return unknown_frame{};
    }
}

std::array<char, standby_status_bytes> encode_standby_status(const standby_status& status) {
    std::array<char, standby_status_bytes> bytes{};
    const std::int64_t time = status.at.microseconds - postgres_epoch_us;
    char* at = bytes.data();
    *at++ = 'r';
    at = put_u64(at, status.write.value);
    at = put_u64(at, status.flush.value);
    at = put_u64(at, status.apply.value);
    at = put_u64(at, static_cast<std::uint64_t>(time));
    *at = status.reply_requested ? '\1' : '\0';
    return bytes;
}

}  // namespace walferry::postgres
