#include "lib/capture/mask.hpp"

#include <algorithm>
#include <array>
#include <variant>

namespace walferry::capture {
namespace {

using change::oid;

// What may change in a value without its becoming none of its type.
enum class shape { words, digits, hexadecimal, boolean, quoted };

constexpr std::size_t wal_frame_head = 25;  // 'w' and three numbers: copy_frame.hpp

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           static_cast<unsigned char>(c) >= 0x80;
}

bool is_hexadecimal(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

shape shape_by_name(std::string_view type) {
    static constexpr std::array<std::string_view, 4> hexadecimal{"uuid", "macaddr", "macaddr8",
                                                                 "bytea"};
    static constexpr std::array<std::string_view, 3> quoted{"json", "jsonb", "hstore"};
    static constexpr std::array<std::string_view, 26> digits{
        "int2", "int4", "int8",   "float4",    "float8",      "numeric",  "money",
        "date", "time", "timetz", "timestamp", "timestamptz", "interval", "inet",
        "cidr", "oid",  "xid",    "pg_lsn",    "tid",         "point",    "line",
        "lseg", "box",  "path",   "circle",    "vector"};
    auto among = [type](const auto& names) {
        return std::find(names.begin(), names.end(), type) != names.end();
    };
    if (among(hexadecimal)) {
        return shape::hexadecimal;
    }
    if (type == "bool") {
        return shape::boolean;
    }
    if (type == "bit" || type == "varbit" || among(digits)) {
        return shape::digits;
    }
    return among(quoted) ? shape::quoted : shape::words;
}

shape shape_of(oid id, const change::catalog& known, int depth = 0) {
    const auto* type = known.type(id);
    if (type == nullptr || depth > 8) {
        return shape::words;
    }
    if (type->base != 0 || type->element != 0 || type->subtype != 0) {
        auto inner = type->base != 0      ? type->base
                     : type->element != 0 ? type->element
                                          : type->subtype;
        return shape_of(inner, known, depth + 1);
    }
    return shape_by_name(type->name);
}

void mask_words(char* at, const char* end) {
    for (; at != end; ++at) {
        *at = is_digit(*at) ? '1' : is_letter(*at) ? 'x' : *at;
    }
}

// Within the quotes of JSON and hstore; outside stand numbers, true, false and null.
void mask_quoted(char* at, const char* end) {
    bool inside = false;
    for (; at != end; ++at) {
        if (*at == '"') {
            inside = !inside;
        } else if (inside && *at == '\\' && end - at > 5 && at[1] == 'u') {
            std::copy_n("0078", 4, at + 2);
            at += 5;
        } else if (inside && *at == '\\' && end - at > 1) {
            ++at;
        } else if (is_digit(*at)) {
            *at = '1';
        } else if (inside && is_letter(*at)) {
            *at = 'x';
        }
    }
}

void mask_value(char* at, char* end, shape what) {
    auto replace = [&](auto chosen, char by) { std::replace_if(at, end, chosen, by); };
    switch (what) {
        case shape::words:
            return mask_words(at, end);
        case shape::quoted:
            return mask_quoted(at, end);
        case shape::digits:
            return replace(is_digit, '1');
        case shape::hexadecimal:
            return replace(is_hexadecimal, '1');
        case shape::boolean:
            return replace([](char c) { return c == 'f'; }, 't');
    }
}

}  // namespace

bool masker::apply(std::string& frame, const change::catalog& known) {
    if (frame.size() < wal_frame_head || frame.front() != 'w') {
        return !frame.empty() && frame.front() == 'k';
    }
    auto payload = std::string_view{frame}.substr(wal_frame_head);
    if (decoder_.decode(payload, message_) != pgoutput::defect::none) {
        return false;
    }
    if (const auto* table = std::get_if<pgoutput::relation>(&message_.content)) {
        auto& types = tables_[table->id];
        types.clear();
        for (const auto& column : table->columns) {
            types.push_back(column.type);
        }
    } else if (const auto* added = std::get_if<pgoutput::insert>(&message_.content)) {
        mask_row(frame, added->after, tables_[added->relation], known);
    } else if (const auto* changed = std::get_if<pgoutput::update>(&message_.content)) {
        mask_row(frame, changed->before, tables_[changed->relation], known);
        mask_row(frame, changed->after, tables_[changed->relation], known);
    } else if (const auto* gone = std::get_if<pgoutput::delete_row>(&message_.content)) {
        mask_row(frame, gone->before, tables_[gone->relation], known);
    } else if (const auto* said = std::get_if<pgoutput::logical_message>(&message_.content)) {
        auto from = static_cast<std::size_t>(said->content.data() - frame.data());
        mask_words(frame.data() + from, frame.data() + from + said->content.size());
    }
    return true;
}

void masker::mask_row(std::string& frame, pgoutput::row columns, const column_types& types,
                      const change::catalog& known) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto& bytes = columns[i].bytes;
        auto from = static_cast<std::size_t>(bytes.data() - frame.data());
        auto what = i < types.size() ? shape_of(types[i], known) : shape::words;
        if (!bytes.empty()) {
            mask_value(frame.data() + from, frame.data() + from + bytes.size(), what);
        }
    }
}

}  // namespace walferry::capture
