#pragma once

#include "lib/base/text_buffer.hpp"

#include <cstdint>

namespace walferry::encode {

// ISO 8601 in the proleptic calendar: years beyond 9999 have a plus, those before year 0 (1 BC) a
// minus.
void append_iso_date(text_buffer& out, std::int64_t days_since_2000);

// `2024-02-03T04:05:06.789` without a zone; `digits` of the fraction, negative: as many as there
// are.
void append_iso_timestamp(text_buffer& out, std::int64_t microseconds_since_2000,
                          std::int32_t digits);

}  // namespace walferry::encode
