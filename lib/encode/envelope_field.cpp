#include "lib/encode/envelope_field.hpp"

#include "lib/encode/fixed_schemas.hpp"
#include "lib/encode/json_text.hpp"
#include "lib/encode/source_block.hpp"

#include <array>

namespace walferry::encode {
namespace {

using facts = envelope_facts;

const change::change& change_of(const facts& all) {
    return *all.of->of;
}

bool text(text_buffer& out, std::string_view value) {
    out.append(value);
    return true;
}

template <std::integral number>
bool digits(text_buffer& out, number value) {
    out.append_number(value);
    return true;
}

std::int64_t event_us(const facts& all) {
    return event_time(change_of(all), *all.of->now).microseconds;
}

std::int64_t now_us(const facts& all) {
    return all.of->now->wall.microseconds;
}

bool nanoseconds(text_buffer& out, std::int64_t microseconds) {
    out.append_number(microseconds);
    return text(out, "000");
}

bool sequence(text_buffer& out, const facts& all) {
    out.append("[\"");
    out.append_number(change_of(all).at.commit.value);
    out.append("\",\"");
    out.append_number(change_of(all).change_lsn.value);
    return text(out, "\"]");
}

bool transaction_number(text_buffer& out, const facts& all) {
    const auto& what = change_of(all);
    const auto number = what.in == nullptr ? what.read_after : what.in->xid;
    return (what.in != nullptr || number != 0) && digits(out, number);
}

bool has_origin(const facts& all) {
    return change_of(all).in != nullptr && !change_of(all).in->origin.empty();
}

bool origin(text_buffer& out, const facts& all) {
    return has_origin(all) && text(out, change_of(all).in->origin);
}

bool origin_lsn(text_buffer& out, const facts& all) {
    return has_origin(all) && digits(out, change_of(all).in->origin_lsn.value);
}

bool operation(text_buffer& out, const facts& all) {
    char code = static_cast<char>(all.of->what);
    return text(out, {&code, 1});
}

constexpr std::array fields{
    envelope_field{"", "op", false, operation},
    envelope_field{"", "ts_ms", true,
                   [](auto& out, auto& all) { return digits(out, now_us(all) / 1000); }},
    envelope_field{"", "ts_us", true,
                   [](auto& out, auto& all) { return digits(out, now_us(all)); }},
    envelope_field{"", "ts_ns", true,
                   [](auto& out, auto& all) { return nanoseconds(out, now_us(all)); }},
    envelope_field{"source", "version", false,
                   [](auto& out, auto&) { return text(out, WALFERRY_VERSION); }},
    envelope_field{"source", "connector", false,
                   [](auto& out, auto&) { return text(out, "postgresql"); }},
    envelope_field{"source", "name", false,
                   [](auto& out, auto& all) { return text(out, all.name); }},
    envelope_field{"source", "ts_ms", true,
                   [](auto& out, auto& all) { return digits(out, event_us(all) / 1000); }},
    envelope_field{
        "source", "snapshot", false,
        [](auto& out, auto& all) { return text(out, name_of(change_of(all).snapshot)); }},
    envelope_field{"source", "db", false,
                   [](auto& out, auto& all) { return text(out, all.database); }},
    envelope_field{"source", "sequence", false, sequence},
    envelope_field{"source", "ts_us", true,
                   [](auto& out, auto& all) { return digits(out, event_us(all)); }},
    envelope_field{"source", "ts_ns", true,
                   [](auto& out, auto& all) { return nanoseconds(out, event_us(all)); }},
    envelope_field{"source", "schema", false,
                   [](auto& out, auto& all) { return text(out, all.schema); }},
    envelope_field{"source", "table", false,
                   [](auto& out, auto& all) { return text(out, all.table); }},
    envelope_field{"source", "txId", true, transaction_number},
    envelope_field{
        "source", "lsn", true,
        [](auto& out, auto& all) { return digits(out, change_of(all).change_lsn.value); }},
    envelope_field{"source", "xmin", true, [](auto&, auto&) { return false; }},
    envelope_field{"source", "origin", false, origin},
    envelope_field{"source", "origin_lsn", true, origin_lsn},
    envelope_field{
        "source", "commit_lsn", true,
        [](auto& out, auto& all) { return digits(out, change_of(all).at.commit.value); }},
    envelope_field{"source", "tx_seq", true,
                   [](auto& out, auto& all) { return digits(out, change_of(all).at.sequence); }},
    envelope_field{
        "transaction", "id", false,
        [](auto& out, auto& all) { return all.place.has_value() && text(out, all.transaction); }},
    envelope_field{"transaction", "total_order", true,
                   [](auto& out, auto& all) {
                       return all.place.has_value() && digits(out, all.place->total);
                   }},
    envelope_field{"transaction", "data_collection_order", true,
                   [](auto& out, auto& all) {
                       return all.place.has_value() && digits(out, all.place->in_collection);
                   }},
};

}  // namespace

connect_schema envelope_field::schema() const {
    connect_schema made{is_number ? "int64" : "string"};
    made.optional();
    return name == "snapshot" ? snapshot_schema().by_default({}) : made;
}

std::span<const envelope_field> envelope_fields() {
    return fields;
}

const envelope_field* find_envelope_field(std::string_view name) {
    auto dot = name.find('.');
    for (const auto& each : fields) {
        bool fits = dot == std::string_view::npos
                        ? each.name == name
                        : each.parent == name.substr(0, dot) && each.name == name.substr(dot + 1);
        if (fits) {
            return &each;
        }
    }
    return nullptr;
}

void append_field_json(text_buffer& out, const envelope_field& field, const envelope_facts& facts,
                       text_buffer& scratch) {
    scratch.clear();
    if (!field.append(scratch, facts)) {
        out.append("null");
    } else if (field.is_number) {
        out.append(scratch.view());
    } else {
        append_json(out, scratch.view());
    }
}

}  // namespace walferry::encode
