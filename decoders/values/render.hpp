#pragma once

#include "decoders/values/binary.hpp"
#include "lib/base/byte_reader.hpp"

// Renderers by family, for binary.cpp: they consume all of `in`; the caller checks in.failed().
// False: the bytes are well-formed, but not a value of the type.
namespace walferry::values::render {

bool float4(text_buffer& out, byte_reader& in);
bool float8(text_buffer& out, byte_reader& in);
bool numeric(text_buffer& out, byte_reader& in);
bool money(text_buffer& out, byte_reader& in);
bool character(text_buffer& out, byte_reader& in);
bool bytea(text_buffer& out, byte_reader& in);
bool date(text_buffer& out, byte_reader& in);
bool time(text_buffer& out, byte_reader& in);
bool timetz(text_buffer& out, byte_reader& in);
bool timestamp(text_buffer& out, byte_reader& in, bool zoned);
bool interval(text_buffer& out, byte_reader& in);
bool uuid(text_buffer& out, byte_reader& in);
bool bits(text_buffer& out, byte_reader& in);
bool network(text_buffer& out, byte_reader& in);
bool mac_address(text_buffer& out, byte_reader& in);
bool geometric(text_buffer& out, byte_reader& in, family what);
bool tsvector(text_buffer& out, byte_reader& in);
bool tsquery(text_buffer& out, byte_reader& in);
bool snapshot(text_buffer& out, byte_reader& in);
bool hstore(text_buffer& out, byte_reader& in);

// What is inside of containers is rendered through this, with a limit for the depth.
class nested {
public:
    nested(const type_source& types, int depth) : types_(types), depth_(depth) {}

    bool append(text_buffer& out, oid id, std::string_view bytes) const;
    type find(oid id) const { return types_.find(id); }

private:
    const type_source& types_;
    int depth_;
};

bool array(text_buffer& out, byte_reader& in, const nested& inner);
bool vector(text_buffer& out, byte_reader& in, const nested& inner);
bool composite(text_buffer& out, byte_reader& in, const nested& inner);
bool range(text_buffer& out, byte_reader& in, oid subtype, const nested& inner);
bool multirange(text_buffer& out, byte_reader& in, oid of, const nested& inner);

void append_hex(text_buffer& out, std::string_view bytes);
void append_double(text_buffer& out, double value);

}  // namespace walferry::values::render
