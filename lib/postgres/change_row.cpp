#include "lib/postgres/change_row.hpp"

#include "lib/base/byte_reader.hpp"

namespace walferry::postgres {
namespace {

constexpr std::string_view signature{"PGCOPY\n\377\r\n\0", 11};
constexpr std::int16_t columns = 3;
constexpr std::int16_t end_mark = -1;

void skip_header(byte_reader& in) {
    in.bytes(signature.size());
    in.u32();  // flags: no OIDs have been sent since 12
    in.bytes(in.u32());
}

}  // namespace

std::optional<change_row> parse_change_row(std::string_view copy_data) {
    byte_reader in{copy_data};
    if (copy_data.starts_with(signature)) {
        skip_header(in);
    }
    const std::int16_t count = in.i16();
    change_row row;
    if (count == end_mark && in.at_end() && !in.failed()) {
        return row;
    }
    bool fits = count == columns && in.u32() == sizeof row.at.value;
    row.at = {in.u64()};
    fits = fits && in.u32() == sizeof(std::uint32_t);
    in.u32();  // xid: Begin tells it
    fits = fits && in.u32() == in.remaining();
    row.message = in.rest();
    if (!fits || in.failed() || row.message.empty()) {
        return std::nullopt;
    }
    return row;
}

}  // namespace walferry::postgres
