// Feeds parse_copy_frame() with one CopyData message: nothing crashes, the payload is the rest of
// the message, and what was understood is what its bytes say.

#include "lib/postgres/copy_frame.hpp"

#include "lib/base/assert.hpp"
#include "lib/base/byte_reader.hpp"
#include "tests/fuzz/inside.hpp"

#include <cstdint>
#include <string_view>
#include <variant>

using namespace walferry;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view bytes{reinterpret_cast<const char*>(data), size};
    auto frame = postgres::parse_copy_frame(bytes);
    if (const auto* wal = std::get_if<postgres::wal_frame>(&frame)) {
        test::must_lie_inside(wal->payload, bytes);
        WALFERRY_ASSERT(bytes[0] == 'w' && wal->payload == bytes.substr(25));
        WALFERRY_ASSERT(byte_reader{bytes.substr(1)}.u64() == wal->start.value);
        WALFERRY_ASSERT(byte_reader{bytes.substr(9)}.u64() == wal->wal_end.value);
    } else if (const auto* alive = std::get_if<postgres::keepalive_frame>(&frame)) {
        WALFERRY_ASSERT(bytes[0] == 'k' && bytes.size() == 18);
        WALFERRY_ASSERT(byte_reader{bytes.substr(1)}.u64() == alive->wal_end.value);
        WALFERRY_ASSERT(alive->reply_requested == (bytes[17] != 0));
    }
    return 0;
}
