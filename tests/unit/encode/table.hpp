#pragma once

#include "lib/encode/encoder.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

// A table, rows and changes made by hand, and what an encoder makes of them.
namespace test {

using namespace walferry;
using json = nlohmann::json;

inline pgoutput::column_value text(std::string_view bytes) {
    return {pgoutput::value_kind::text, bytes};
}
inline pgoutput::column_value null() {
    return {};
}
inline pgoutput::column_value unchanged() {
    return {pgoutput::value_kind::unchanged, {}};
}
inline pgoutput::column_value binary(std::string_view bytes) {
    return {pgoutput::value_kind::binary, bytes};
}

struct taken {
    std::optional<std::string> key;
    std::optional<std::string> value;
    std::vector<std::pair<std::string, std::string>> headers;
    std::int64_t timestamp_ms = 0;
    std::string partition_key;

    json parsed() const { return json::parse(value.value()); }
};

struct collector final : encode::record_consumer {
    std::vector<taken> records;

    void take(const encode::encoded_record& made) override {
        taken one;
        if (made.what.key) {
            one.key = *made.what.key;
        }
        if (made.what.value) {
            one.value = *made.what.value;
        }
        for (const auto& each : made.what.headers) {
            one.headers.emplace_back(each.name, each.value.value_or("(null)"));
        }
        one.timestamp_ms = made.what.timestamp_ms;
        one.partition_key = made.partition_key;
        records.push_back(std::move(one));
    }
};

// public.t in the database db of the stream shop; the first column is the key and the identity.
struct table {
    explicit table(std::vector<change::column> columns) {
        relation.id = 1;
        relation.schema = "public";
        relation.name = "t";
        relation.columns = std::move(columns);
        relation.columns[0].in_identity = true;
        shape.table = &relation;
        shape.types = &types;
        shape.topic = "shop.public.t";
        shape.key = {0};
        for (std::uint32_t i = 0; i < relation.columns.size(); ++i) {
            shape.columns.push_back(i);
        }
        global.name = "shop";
        global.database = "db";
        global.events = &events;
        in.xid = 777;
        in.commit_lsn = lsn{5000};
        in.commit_time = unix_time{1'600'000'000'123'456};
        now.wall = unix_time{1'700'000'000'000'001};
    }

    change::change base(change::operation what) {
        change::change made;
        made.what = what;
        made.table = &relation;
        made.in = &in;
        made.at = {lsn{5000}, 3};
        made.change_lsn = lsn{4000};
        return made;
    }

    result<std::vector<taken>> encode(const change::change& what) {
        if (encoder == nullptr) {
            auto made = encode::make_table_encoder(global, shape);
            if (!made) {
                return tl::unexpected(made.error());
            }
            encoder = std::move(*made);
        }
        collector out;
        auto done = encoder->encode(what, now, out);
        if (!done) {
            return tl::unexpected(done.error());
        }
        return out.records;
    }

    std::vector<taken> insert(const std::vector<pgoutput::column_value>& row) {
        auto made = base(change::operation::insert);
        made.after = row;
        return encode(made).value();
    }

    change::relation relation;
    change::catalog types;
    config::event_settings events;
    encode::table_shape shape;
    encode::context global;
    change::transaction in;
    moment now;
    std::unique_ptr<encode::table_encoder> encoder;
};

// The JSON of one value of a type, from its text and, where given, its binary form.
inline json value_of(change::oid type, std::int32_t modifier, std::string_view of,
                     const config::event_settings& events = {}) {
    table one{{{"id", 23, -1, true}, {"v", type, modifier, false}}};
    one.events = events;
    return one.insert({text("1"), text(of)}).at(0).parsed()["after"]["v"];
}

}  // namespace test
