#include "lib/encode/type_table.hpp"

#include "lib/encode/pg_types.hpp"

#include <algorithm>

namespace walferry::encode {
namespace {

using values::family;

family number_family(values::oid id) {
    switch (id) {
        case pg::boolean:
            return family::boolean;
        case pg::int2:
            return family::int2;
        case pg::int4:
            return family::int4;
        case pg::int8:
            return family::int8;
        case pg::oid:
        case pg::xid:
        case pg::cid:
            return family::uint4;
        case pg::xid8:
            return family::uint8;
        case pg::float4:
            return family::float4;
        case pg::float8:
            return family::float8;
        case pg::numeric:
            return family::numeric;
        case pg::money:
            return family::money;
        default:
            return family::opaque;
    }
}

bool names_an_object(change::oid type) {
    switch (type) {
        case pg::regproc:
        case 2202:  // regprocedure to regtype
        case 2203:
        case 2204:
        case 2205:
        case 2206:
        case 3734:  // regconfig
        case 3769:  // regdictionary
        case 4089:  // regnamespace
        case 4096:  // regrole
        case 4191:  // regcollation
            return true;
        default:
            return false;
    }
}

family text_family(values::oid id) {
    switch (id) {
        case pg::text:
        case pg::varchar:
        case pg::bpchar:
        case pg::name:
        case pg::json:
        case pg::xml:
        case pg::refcursor:
            return family::text;
        case pg::jsonb:
        case pg::jsonpath:
            return family::versioned_text;
        case pg::character:
            return family::character;
        case pg::bytea:
            return family::bytea;
        case pg::uuid:
            return family::uuid;
        case pg::bit:
        case pg::varbit:
            return family::bits;
        case pg::inet:
        case pg::cidr:
            return family::network;
        case pg::macaddr:
        case pg::macaddr8:
            return family::mac_address;
        case pg::tsvector:
            return family::tsvector;
        case pg::tsquery:
            return family::tsquery;
        default:
            return family::opaque;
    }
}

family other_family(values::oid id) {
    switch (id) {
        case pg::date:
            return family::date;
        case pg::time:
            return family::time;
        case pg::timetz:
            return family::timetz;
        case pg::timestamp:
            return family::timestamp;
        case pg::timestamptz:
            return family::timestamptz;
        case pg::interval:
            return family::interval;
        case pg::point:
            return family::point;
        case pg::lseg:
            return family::lseg;
        case pg::path:
            return family::path;
        case pg::box:
            return family::box;
        case pg::polygon:
            return family::polygon;
        case pg::line:
            return family::line;
        case pg::circle:
            return family::circle;
        case pg::pg_lsn:
            return family::pg_lsn;
        case pg::tid:
            return family::tid;
        case pg::pg_snapshot:
        case pg::txid_snapshot:
            return family::snapshot;
        case pg::oidvector:
        case pg::int2vector:
            return family::vector;
        default:
            return family::opaque;
    }
}

values::type described(const change::type_description& type) {
    values::type found;
    found.delimiter = type.delimiter;
    if (type.element != 0) {
        found.what = family::array;
    } else if (type.kind == 'e' || type.name == "citext") {
        found.what = family::text;
    } else if (type.kind == 'c') {
        found.what = family::composite;
    } else if (type.kind == 'r') {
        found = {family::range, type.subtype, type.delimiter};
    } else if (type.kind == 'm') {
        found = {family::multirange, type.subtype, type.delimiter};
    } else if (type.name == "hstore") {
        found.what = family::hstore;
    } else if (type.name == "ltree" || type.name == "lquery" || type.name == "ltxtquery") {
        found.what = family::versioned_text;
    }
    return found;
}

}  // namespace

values::type type_table::find(values::oid id) const {
    if (names_an_object(id)) {
        return {family::uint4};
    }
    for (auto of : {number_family(id), text_family(id), other_family(id)}) {
        if (of != family::opaque) {
            return {of, 0, id == pg::box ? ';' : ','};
        }
    }
    const auto* type = catalog_.type(id);
    if (type != nullptr && type->kind == 'd' && type->base != id) {
        return find(type->base);
    }
    return type == nullptr ? values::type{} : described(*type);
}

bool needs_text(change::oid type, const change::catalog& types) {
    if (names_an_object(type) || type_table{types}.find(type).what == family::opaque) {
        return true;
    }
    const auto* found = types.type(type);
    if (found == nullptr) {
        return false;
    }
    for (auto part : {found->element, found->base, found->subtype}) {
        if (part != 0 && part != type && needs_text(part, types)) {
            return true;
        }
    }
    return std::any_of(found->fields.begin(), found->fields.end(),
                       [&](const auto& field) { return needs_text(field.type, types); });
}

}  // namespace walferry::encode
