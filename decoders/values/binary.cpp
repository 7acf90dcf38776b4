#include "decoders/values/binary.hpp"

#include "decoders/values/render.hpp"
#include "lib/base/lsn.hpp"

namespace walferry::values {
namespace {

constexpr int depth_max = 32;

bool append_versioned(text_buffer& out, byte_reader& in) {
    bool known = in.u8() == 1;
    out.append(in.rest());
    return known;
}

bool append_tid(text_buffer& out, byte_reader& in) {
    out.append('(');
    out.append_number(in.u32());
    out.append(',');
    out.append_number(in.u16());
    out.append(')');
    return true;
}

bool append_boolean(text_buffer& out, byte_reader& in) {
    out.append(in.u8() != 0 ? 't' : 'f');
    return true;
}

template <typename number>
bool append_number(text_buffer& out, number value) {
    out.append_number(value);
    return true;
}

bool append_plain(text_buffer& out, byte_reader& in, family what) {
    switch (what) {
        case family::boolean:
            return append_boolean(out, in);
        case family::int2:
            return append_number(out, in.i16());
        case family::int4:
            return append_number(out, in.i32());
        case family::int8:
            return append_number(out, in.i64());
        case family::uint4:
            return append_number(out, in.u32());
        case family::uint8:
            return append_number(out, in.u64());
        case family::text:
            out.append(in.rest());
            return true;
        case family::versioned_text:
            return append_versioned(out, in);
        case family::pg_lsn:
            out.append(to_string(lsn{in.u64()}));
            return true;
        case family::tid:
            return append_tid(out, in);
        default:
            return false;
    }
}

bool append_rendered(text_buffer& out, byte_reader& in, family what) {
    switch (what) {
        case family::float4:
            return render::float4(out, in);
        case family::float8:
            return render::float8(out, in);
        case family::numeric:
            return render::numeric(out, in);
        case family::money:
            return render::money(out, in);
        case family::character:
            return render::character(out, in);
        case family::bytea:
            return render::bytea(out, in);
        case family::date:
            return render::date(out, in);
        case family::time:
            return render::time(out, in);
        case family::timetz:
            return render::timetz(out, in);
        case family::timestamp:
        case family::timestamptz:
            return render::timestamp(out, in, what == family::timestamptz);
        case family::interval:
            return render::interval(out, in);
        case family::uuid:
            return render::uuid(out, in);
        case family::bits:
            return render::bits(out, in);
        case family::network:
            return render::network(out, in);
        case family::mac_address:
            return render::mac_address(out, in);
        case family::tsvector:
            return render::tsvector(out, in);
        case family::tsquery:
            return render::tsquery(out, in);
        case family::snapshot:
            return render::snapshot(out, in);
        case family::hstore:
            return render::hstore(out, in);
        default:
            return render::geometric(out, in, what);
    }
}

bool append_any(text_buffer& out, const type& of, std::string_view bytes,
                const render::nested& inner) {
    byte_reader in{bytes};
    bool good = false;
    switch (of.what) {
        case family::opaque:
            return false;
        case family::array:
            good = render::array(out, in, inner);
            break;
        case family::vector:
            good = render::vector(out, in, inner);
            break;
        case family::composite:
            good = render::composite(out, in, inner);
            break;
        case family::range:
            good = render::range(out, in, of.element, inner);
            break;
        case family::multirange:
            good = render::multirange(out, in, of.element, inner);
            break;
        default:
            good = append_plain(out, in, of.what) || append_rendered(out, in, of.what);
    }
    return good && !in.failed() && in.at_end();
}

}  // namespace

bool render::nested::append(text_buffer& out, oid id, std::string_view bytes) const {
    return depth_ < depth_max && append_any(out, types_.find(id), bytes, {types_, depth_ + 1});
}

std::optional<std::int64_t> read_integer(family of, std::string_view bytes) {
    byte_reader in{bytes};
    std::int64_t value = 0;
    switch (of) {
        case family::int2:
            value = in.i16();
            break;
        case family::int4:
        case family::date:
            value = in.i32();
            break;
        case family::uint4:
            value = in.u32();
            break;
        case family::int8:
        case family::time:
        case family::timestamp:
            value = in.i64();
            break;
        default:
            return std::nullopt;
    }
    return in.failed() || !in.at_end() ? std::nullopt : std::optional{value};
}

bool append_text(text_buffer& out, const type& of, std::string_view bytes,
                 const type_source& types) {
    auto start = out.size();
    bool good = append_any(out, of, bytes, {types, 1});
    if (!good) {
        out.truncate(start);
    }
    return good;
}

bool append_text(text_buffer& out, oid id, std::string_view bytes, const type_source& types) {
    return append_text(out, types.find(id), bytes, types);
}

}  // namespace walferry::values
