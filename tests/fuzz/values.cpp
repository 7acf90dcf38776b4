// One value of one column, in text or binary form, through the plans of both formats: what is
// written is JSON in UTF-8 by nlohmann's parser, and a value in binary form is written as its text.
//
// Input: the type (its place in the table below, modulo), the modes (a byte: decimal, time, binary,
// interval, hstore, unknown types, format), the type modifier (a byte), then the value's bytes.
//
// WALFERRY_FUZZ_FAMILY keeps the fuzzer at the types of one family, numbers, times, texts or
// containers: another type is replaced by the next one of the family.
#include "lib/change/builtin_types.hpp"
#include "lib/encode/plain_plan.hpp"
#include "lib/encode/type_table.hpp"
#include "lib/encode/value_plan.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

using namespace walferry;

namespace {

constexpr change::oid hstore = 90001, citext = 90002, mood = 90003, pair = 90004, tag = 90005,
                      ltree = 90006, pairs = 90007, hstores = 90008;

change::type_description described(change::oid id, std::string name, char kind) {
    change::type_description made;
    made.id = id;
    made.schema = "public";
    made.name = std::move(name);
    made.kind = kind;
    return made;
}

change::catalog make_catalog() {
    change::catalog types;
    types.put(described(hstore, "hstore", 'b'));
    types.put(described(citext, "citext", 'b'));
    types.put(described(mood, "mood", 'e'));
    types.put(described(ltree, "ltree", 'b'));
    auto composite = described(pair, "pair", 'c');
    composite.fields = {{"n", 23, -1}, {"t", 25, -1}};
    types.put(composite);
    auto domain = described(tag, "tag", 'd');
    domain.base = 1043;
    types.put(domain);
    auto array = described(pairs, "_pair", 'b');
    array.element = pair;
    types.put(array);
    array = described(hstores, "_hstore", 'b');
    array.element = hstore;
    types.put(array);
    return types;
}

const change::catalog& catalog() {
    static const change::catalog types = make_catalog();
    return types;
}

const std::vector<change::oid>& type_ids() {
    static const std::vector<change::oid> ids = [] {
        std::vector<change::oid> found{hstore, citext, mood, pair, tag, ltree, pairs, hstores};
        for (const auto& type : change::builtin_types()) {
            found.push_back(type.id);
        }
        return found;
    }();
    return ids;
}

config::event_settings settings_of(std::uint8_t modes) {
    config::event_settings events;
    events.decimal = static_cast<config::decimal_mode>(modes % 3);
    events.time = static_cast<config::time_mode>(modes % 6);
    events.binary = static_cast<config::binary_mode>(modes % 4);
    events.interval = static_cast<config::interval_mode>(modes % 2);
    events.hstore = static_cast<config::hstore_mode>(modes / 2 % 2);
    events.unknown = static_cast<config::unknown_types>(modes % 3);
    return events;
}

std::string_view family_of(values::family what) {
    using values::family;
    switch (what) {
        case family::boolean:
        case family::int2:
        case family::int4:
        case family::int8:
        case family::uint4:
        case family::uint8:
        case family::float4:
        case family::float8:
        case family::numeric:
        case family::money:
            return "numbers";
        case family::date:
        case family::time:
        case family::timetz:
        case family::timestamp:
        case family::timestamptz:
        case family::interval:
            return "times";
        case family::array:
        case family::composite:
        case family::range:
        case family::multirange:
        case family::hstore:
        case family::vector:
            return "containers";
        default:
            return "texts";
    }
}

bool is_wanted(change::oid type) {
    static const char* only = std::getenv("WALFERRY_FUZZ_FAMILY");
    return only == nullptr || family_of(encode::type_table{catalog()}.find(type).what) == only;
}

// The type at this place of the table, or the next one that is of the family.
change::oid type_at(std::size_t place) {
    const auto& ids = type_ids();
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (auto type = ids[(place + i) % ids.size()]; is_wanted(type)) {
            return type;
        }
    }
    std::cerr << "WALFERRY_FUZZ_FAMILY: numbers, times, texts or containers\n";
    std::abort();
}

[[noreturn]] void complain(const char* what, std::string_view text) {
    std::cerr << what << ": " << text << '\n';
    std::abort();
}

// json is copied, not read: PostgreSQL has read it.
void must_be_json(std::string_view text, const encode::value_plan& plan, std::string_view bytes) {
    const bool copied = plan.embeds_json && !nlohmann::json::accept(bytes);
    if (!copied && !nlohmann::json::accept(text)) {
        complain("not JSON", text);
    }
}

void try_plan(const encode::value_plan& plan, std::string_view bytes) {
    encode::type_table layouts{catalog()};
    encode::workspace space;
    space.types = &layouts;
    text_buffer from_text;
    encode::append_value(plan, bytes, from_text, space);
    must_be_json(from_text.view(), plan, bytes);

    text_buffer from_binary;
    encode::append_binary(plan, bytes, from_binary, space);
    must_be_json(from_binary.view(), plan, bytes);
    text_buffer rendered;
    if (values::append_text(rendered, plan.layout, bytes, layouts)) {
        text_buffer again;
        encode::append_value(plan, rendered.view(), again, space);
        if (again.view() != from_binary.view()) {
            std::cerr << rendered.view() << " as text: " << again.view() << '\n';
            complain("another value from the binary form", from_binary.view());
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 3) {
        return 0;
    }
    auto type = type_at(data[0]);
    auto events = settings_of(data[1]);
    auto modifier = data[2] == 0 ? -1 : static_cast<std::int32_t>(data[2]) * 0x10003;
    std::string bytes;
    for (std::size_t i = 3; i < size; ++i) {
        bytes.push_back(static_cast<char>(data[i]));
    }
    bool plain = data[1] >= 128;
    try_plan(plain ? encode::make_plain_plan(type, modifier, catalog(), events)
                   : encode::make_value_plan(type, modifier, catalog(), events),
             bytes);
    return 0;
}
