#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace walferry {

// A position in PostgreSQL's write-ahead log, printed as `16/B374D848` (pg_lsn). Zero is "no LSN".
struct lsn {
    std::uint64_t value = 0;

    auto operator<=>(const lsn&) const = default;
    explicit operator bool() const { return value != 0; }
};

// `%X/%X`, as PostgreSQL prints it.
std::string to_string(lsn at);

// Nothing when the text is not two hexadecimal numbers of at most eight digits around a slash.
std::optional<lsn> parse_lsn(std::string_view text);

}  // namespace walferry
