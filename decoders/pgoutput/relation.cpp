// Relation  'R'  Int32 id  String schema ("" is pg_catalog)  String name
//                Int8 replica identity (d n f i)  Int16 count
//                then per column: Int8 flags (1: part of the identity)  String name
//                Int32 type  Int32 typmod
// Type      'Y'  Int32 id  String schema ("" is pg_catalog)  String name

#include "decoders/pgoutput/parts.hpp"

namespace walferry::pgoutput {
namespace {

bool is_replica_identity(char c) {
    return c == 'd' || c == 'n' || c == 'f' || c == 'i';
}

}  // namespace

std::string_view read_schema_name(byte_reader& in) {
    auto name = in.c_string();
    return name.empty() ? std::string_view{"pg_catalog"} : name;
}

defect read_relation(byte_reader& in, storage& room, body& out) {
    auto& message = out.emplace<relation>();
    message.id = in.u32();
    message.schema = read_schema_name(in);
    message.name = in.c_string();
    char identity = static_cast<char>(in.u8());
    int count = in.i16();
    if (in.failed()) {
        return defect::truncated;
    }
    if (!is_replica_identity(identity) || count < 0) {
        return defect::bad_row;
    }
    message.identity = replica_identity{identity};
    room.columns.clear();
    std::uint8_t flags = 0;
    for (int i = 0; i < count && !in.failed(); ++i) {
        auto& column = room.columns.emplace_back();
        auto column_flags = in.u8();
        flags |= column_flags;
        column.in_identity = (column_flags & 1) != 0;
        column.name = in.c_string();
        column.type = in.u32();
        column.type_modifier = in.i32();
    }
    message.columns = room.columns;
    return (flags & ~1) == 0 ? defect::none : defect::reserved_flags;
}

defect read_type(byte_reader& in, body& out) {
    auto& message = out.emplace<type>();
    message.id = in.u32();
    message.schema = read_schema_name(in);
    message.name = in.c_string();
    return defect::none;
}

}  // namespace walferry::pgoutput
