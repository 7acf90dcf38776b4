// events.flatten: the row alone instead of the envelope, as ExtractNewRecordState leaves it.
#include "lib/encode/envelope_field.hpp"
#include "lib/encode/event_body.hpp"
#include "lib/encode/json_text.hpp"
#include "lib/encode/table_schemas.hpp"

#include <algorithm>

namespace walferry::encode {
namespace {

using config::flatten_deletes;

// A member of the envelope under the name that it gets beside the row or as a header.
struct addition {
    const envelope_field* field = nullptr;
    std::string name;
    std::string label;  // `,"name":`
};

// `op`, `source.ts_ms`, `ts_ms:written_at`.
result<std::vector<addition>> additions_of(const std::vector<std::string>& wanted,
                                           const std::string& prefix, std::string_view key) {
    std::vector<addition> made;
    for (const auto& each : wanted) {
        auto colon = each.find(':');
        auto path = each.substr(0, colon);
        addition one;
        one.field = find_envelope_field(path);
        if (one.field == nullptr) {
            return fail(error_kind::config_invalid,
                        "events.flatten." + std::string{key} + ": the envelope has no field \"" +
                            path + "\"",
                        "one of op, ts_ms, the members of source and of transaction");
        }
        auto alias = path;
        std::replace(alias.begin(), alias.end(), '.', '_');
        one.name = prefix + (colon == std::string::npos ? alias : each.substr(colon + 1));
        one.label = "," + json_of(one.name) + ":";
        made.push_back(std::move(one));
    }
    return made;
}

class flat_body final : public event_body {
public:
    struct plan {
        row_writer rows;
        schema_frame frame;
        std::vector<addition> fields;
        std::vector<addition> headers;
    };

    flat_body(const context& global, const table_shape& shape, plan made)
        : plan_(std::move(made)),
          deletes_(global.events->flatten.deletes),
          table_(shape.table->name),
          schema_(shape.table->schema),
          name_(global.name),
          database_(global.database),
          counted_(global.counter, to_string(*shape.table)) {
        facts_.name = name_;
        facts_.database = database_;
        facts_.schema = schema_;
        facts_.table = table_;
        for (const auto& each : plan_.headers) {
            if (each.field->name == "op") {
                tombstone_headers_.push_back({each.name, "d"});
            }
        }
    }

    form begin(const event& what) override {
        facts_.of = &what;
        facts_.place = counted_.count(*what.of);
        if (facts_.place) {
            facts_.transaction = counted_.id();
        }
        make_headers();
        if (what.what == change::operation::truncate) {
            return form::none;
        }
        if (what.has_after || rewrites()) {
            return form::value;
        }
        return deletes_ == flatten_deletes::drop ? form::none : form::null;
    }

    void append(text_buffer& out, const event& what, workspace& space) override {
        out.append('{');
        auto start = out.size();
        if (what.has_after) {
            plan_.rows.append_members(out, what.of->after, false, space);
        } else {
            plan_.rows.append_members(out, what.of->before, what.only_identity(), space);
        }
        if (rewrites()) {
            out.append(what.has_after ? R"(,"__deleted":"false")" : R"(,"__deleted":"true")");
        }
        for (const auto& each : plan_.fields) {
            out.append(each.label);
            append_field_json(out, *each.field, facts_, scratch_);
        }
        if (out.size() > start && out.view()[start] == ',') {
            out.data()[start] = ' ';
        }
        out.append('}');
    }

    schema_frame frame() const override { return plan_.frame; }
    std::span<const header> headers() const override { return headers_; }
    std::span<const header> tombstone_headers() const override { return tombstone_headers_; }

    bool keeps_tombstones() const override {
        return deletes_ == flatten_deletes::rewrite_with_tombstone ||
               deletes_ == flatten_deletes::none;
    }

    bool publishes_same(pgoutput::row a, pgoutput::row b) const override {
        return plan_.rows.same(a, b);
    }

private:
    bool rewrites() const {
        return deletes_ == flatten_deletes::rewrite ||
               deletes_ == flatten_deletes::rewrite_with_tombstone;
    }

    void make_headers() {
        headers_.clear();
        header_text_.clear();
        ends_.clear();
        for (const auto& each : plan_.headers) {
            bool known = each.field->append(header_text_, facts_);
            ends_.push_back({header_text_.size(), known});
        }
        std::size_t start = 0;
        for (std::size_t i = 0; i < ends_.size(); ++i) {
            header made{plan_.headers[i].name, std::nullopt};
            if (ends_[i].known) {
                made.value = header_text_.view().substr(start, ends_[i].at - start);
            }
            start = ends_[i].at;
            headers_.push_back(made);
        }
    }

    struct end {
        std::size_t at = 0;
        bool known = false;
    };

    plan plan_;
    flatten_deletes deletes_;
    std::string table_;
    std::string schema_;
    std::string name_;
    std::string database_;
    counted_collection counted_;
    envelope_facts facts_;
    text_buffer scratch_;
    text_buffer header_text_;
    std::vector<end> ends_;
    std::vector<header> headers_;
    std::vector<header> tombstone_headers_;
};

// Two members of one name would make the row unreadable.
result<void> check_names(const flat_body::plan& made, const table_shape& shape, bool rewrites) {
    std::vector<std::string> names;
    for (const auto& each : made.rows.columns()) {
        names.push_back(each.name);
    }
    for (const auto& each : made.fields) {
        names.push_back(each.name);
    }
    if (rewrites) {
        names.emplace_back("__deleted");
    }
    std::sort(names.begin(), names.end());
    auto twice = std::adjacent_find(names.begin(), names.end());
    if (twice == names.end()) {
        return {};
    }
    return fail(
        error_kind::table_unfit,
        "events.flatten: " + to_string(*shape.table) + " would have two fields \"" + *twice + "\"",
        "choose another events.flatten.prefix, or another name: add_fields: [field:name]");
}

connect_schema schema_of_flat(const table_schemas& schemas, const flat_body::plan& made,
                              bool rewrites) {
    using image = table_schemas::image;
    auto schema = schemas.row(made.rows, rewrites ? image::before : image::after);
    schema.optional(false);
    if (rewrites) {
        schema.field("__deleted", connect_schema{"string"}.optional());
    }
    for (const auto& each : made.fields) {
        schema.field(each.name, each.field->schema());
    }
    return schema;
}

}  // namespace

made_body make_flat_body(const context& global, const table_shape& shape) {
    const auto& flatten = global.events->flatten;
    bool rewrites = flatten.deletes == flatten_deletes::rewrite ||
                    flatten.deletes == flatten_deletes::rewrite_with_tombstone;
    auto rows = row_writer::make(shape, *global.events, shape.columns);
    if (!rows) {
        return tl::unexpected(std::move(rows.error()));
    }
    auto fields = additions_of(flatten.add_fields, flatten.prefix, "add_fields");
    if (!fields) {
        return tl::unexpected(std::move(fields.error()));
    }
    auto headers = additions_of(flatten.add_headers, flatten.prefix, "add_headers");
    if (!headers) {
        return tl::unexpected(std::move(headers.error()));
    }
    flat_body::plan made{std::move(*rows), {}, std::move(*fields), std::move(*headers)};
    if (auto names = check_names(made, shape, rewrites); !names) {
        return tl::unexpected(std::move(names.error()));
    }
    auto schemas = table_schemas::make(global, shape);
    if (!schemas) {
        return tl::unexpected(std::move(schemas.error()));
    }
    made.frame = frame_for(*global.events, schema_of_flat(*schemas, made, rewrites));
    return std::make_unique<flat_body>(global, shape, std::move(made));
}

}  // namespace walferry::encode
