#pragma once

#include "lib/base/text_buffer.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

// Values in the binary form of PostgreSQL's send functions (PostgreSQL 14 to 18), rendered to the
// text form that the output functions print under datestyle ISO, intervalstyle postgres, timezone
// UTC, extra_float_digits 3, bytea_output hex and lc_monetary C. So every reader of texts reads
// both.
namespace walferry::values {

using oid = std::uint32_t;

// How the bytes of a type are laid out.
enum class family : std::uint8_t {
    opaque,  // not known: only its bytes can be shown
    boolean,
    int2,
    int4,
    int8,
    uint4,  // oid, xid, cid and the reg types
    uint8,  // xid8
    float4,
    float8,
    numeric,
    money,
    text,            // also enums, json, xml, citext
    versioned_text,  // one byte of version before it: jsonb, jsonpath, ltree
    character,       // "char"
    bytea,
    date,
    time,
    timetz,
    timestamp,
    timestamptz,
    interval,
    uuid,
    bits,
    network,  // inet, cidr
    mac_address,
    point,
    lseg,
    path,
    box,
    polygon,
    line,
    circle,
    tsvector,
    tsquery,
    pg_lsn,
    tid,
    snapshot,
    vector,  // oidvector, int2vector
    array,
    composite,
    range,
    multirange,
    hstore,
};

struct type {
    family what = family::opaque;
    oid element = 0;       // of a range its subtype, of a multirange its range
    char delimiter = ',';  // between array elements of this type
};

// Where renderers learn about the types inside of arrays, composites and ranges.
class type_source {
public:
    virtual ~type_source() = default;
    virtual type find(oid id) const = 0;  // domains are resolved; opaque when not known
};

// Reads an integer of the families int2, int4, int8, uint4, date, time and timestamp as it is
// stored.
std::optional<std::int64_t> read_integer(family of, std::string_view bytes);

// Appends the text form of a value. False when the bytes are not of that type, or of one that is
// opaque; what was appended is then taken back.
bool append_text(text_buffer& out, const type& of, std::string_view bytes,
                 const type_source& types);

bool append_text(text_buffer& out, oid id, std::string_view bytes, const type_source& types);

}  // namespace walferry::values
