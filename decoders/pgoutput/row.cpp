// Insert     'I'  Int32 relation  'N' TupleData
// Update     'U'  Int32 relation  [ ('K' | 'O') TupleData ]  'N' TupleData
// Delete     'D'  Int32 relation  ('K' | 'O') TupleData
// TupleData  Int16 count  then per column: 'n' | 'u' | ('t' | 'b') Int32 length  bytes

#include "decoders/pgoutput/parts.hpp"

namespace walferry::pgoutput {

defect read_row(byte_reader& in, std::vector<column_value>& values) {
    int count = in.i16();
    if (count < 0) {
        return defect::bad_row;
    }
    values.resize(static_cast<std::size_t>(count));
    for (auto& value : values) {
        value.kind = value_kind{static_cast<char>(in.u8())};
        switch (value.kind) {
            case value_kind::null:
            case value_kind::unchanged:
                value.bytes = {};
                break;
            case value_kind::text:
            case value_kind::binary: {
                int length = in.i32();
                if (length < 0) {
                    return defect::bad_row;
                }
                value.bytes = in.bytes(static_cast<std::size_t>(length));
                break;
            }
            default:
                return in.failed() ? defect::truncated : defect::bad_row;
        }
    }
    return in.failed() ? defect::truncated : defect::none;
}

defect read_insert(byte_reader& in, storage& room, body& out) {
    auto& message = out.emplace<insert>();
    message.relation = in.u32();
    if (in.u8() != 'N') {
        return in.failed() ? defect::truncated : defect::bad_row;
    }
    auto found = read_row(in, room.after);
    message.after = room.after;
    return found;
}

defect read_update(byte_reader& in, storage& room, body& out) {
    auto& message = out.emplace<update>();
    message.relation = in.u32();
    char marker = static_cast<char>(in.u8());
    if (marker == 'K' || marker == 'O') {
        message.before_kind = old_row{marker};
        if (auto found = read_row(in, room.before); found != defect::none) {
            return found;
        }
        message.before = room.before;
        marker = static_cast<char>(in.u8());
    }
    if (marker != 'N') {
        return in.failed() ? defect::truncated : defect::bad_row;
    }
    auto found = read_row(in, room.after);
    message.after = room.after;
    return found;
}

defect read_delete(byte_reader& in, storage& room, body& out) {
    auto& message = out.emplace<delete_row>();
    message.relation = in.u32();
    char marker = static_cast<char>(in.u8());
    if (marker != 'K' && marker != 'O') {
        return in.failed() ? defect::truncated : defect::bad_row;
    }
    message.before_kind = old_row{marker};
    auto found = read_row(in, room.before);
    message.before = room.before;
    return found;
}

}  // namespace walferry::pgoutput
