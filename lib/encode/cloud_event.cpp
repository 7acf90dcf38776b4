// format: cloudevents. Structured JSON: attributes around `data`, which holds the two rows.
#include "lib/encode/envelope_field.hpp"
#include "lib/encode/event_body.hpp"
#include "lib/encode/iso_time.hpp"
#include "lib/encode/json_text.hpp"
#include "lib/encode/source_block.hpp"
#include "lib/encode/table_schemas.hpp"

#include <algorithm>
#include <array>

namespace walferry::encode {
namespace {

// A member of the envelope as an extension attribute. CloudEvents have no 64-bit numbers, so all
// are texts; attributes are named in letters and digits.
struct attribute {
    std::string before;  // what is constant since the attribute in front of it
    const envelope_field* field = nullptr;
};

bool is_constant(const envelope_field& field) {
    constexpr std::array<std::string_view, 6> names{"version", "connector", "name",
                                                    "db",      "schema",    "table"};
    return field.parent == "source" &&
           std::find(names.begin(), names.end(), field.name) != names.end();
}

std::string attribute_name(const envelope_field& field) {
    std::string name = field.parent == "transaction" ? "iodebeziumtx" : "iodebezium";
    for (char c : field.name) {
        name += c == '_' ? "" : std::string(1, c);
    }
    return name;
}

class cloud_event final : public event_body {
public:
    cloud_event(const context& global, const table_shape& shape, row_writer rows,
                schema_frame frame)
        : rows_(std::move(rows)),
          frame_(std::move(frame)),
          name_(global.name),
          database_(global.database),
          schema_(shape.table->schema),
          table_(shape.table->name),
          counted_(global.counter, to_string(*shape.table)),
          source_(R"(,"source":)" + json_of("/debezium/postgresql/" + name_) +
                  R"(,"specversion":"1.0",)"
                  R"("type":"io.debezium.connector.postgresql.DataChangeEvent","time":")") {
        facts_.name = name_;
        facts_.database = database_;
        facts_.schema = schema_;
        facts_.table = table_;
        plan_attributes();
    }

    void append(text_buffer& out, const event& what, workspace& space) override {
        facts_.of = &what;
        facts_.place = counted_.count(*what.of);
        if (facts_.place) {
            facts_.transaction = counted_.id();
        }
        append_id(out, what);
        out.append(source_);
        auto ms = event_time(*what.of, *what.now).microseconds / 1000;
        append_iso_timestamp(out, ms * 1000 - postgres_epoch_us, 3);
        out.append(R"(Z","datacontenttype":"application/json")");
        for (const auto& each : attributes_) {
            out.append(each.before);
            append_attribute(out, *each.field);
        }
        out.append(rest_);
        append_data(out, what, space);
        out.append('}');
    }

    bool publishes_same(pgoutput::row a, pgoutput::row b) const override {
        return rows_.same(a, b);
    }

private:
    // The row that had the LSN first; by it the others of one LSN are told apart.
    struct first_of_lsn {
        lsn commit;
        lsn at;
        std::uint64_t sequence = 0;
        change::operation what = change::operation::insert;

        bool operator==(const first_of_lsn&) const = default;
    };

    void plan_attributes() {
        std::string constant;
        for (const auto& field : envelope_fields()) {
            if (field.parent.empty() && field.name != "op") {
                continue;  // the clock of the envelope is no attribute
            }
            constant += ",\"" + attribute_name(field) + "\":";
            if (is_constant(field)) {
                text_buffer value;
                field.append(value, facts_);
                constant += json_of(value.view());
            } else {
                attributes_.push_back({std::move(constant), &field});
                constant.clear();
            }
        }
        rest_ = constant + ",\"data\":";
    }

    // Debezium's, which the rows of one multi-insert and the two halves of a key change would
    // share: readers that drop what they have seen would lose the others.
    void append_id(text_buffer& out, const event& what) {
        const auto& change = *what.of;
        scratch_.clear();
        scratch_.append("name:");
        scratch_.append(name_);
        scratch_.append(";lsn:");
        scratch_.append_number(change.change_lsn.value);
        scratch_.append(";txId:");
        if (change.in == nullptr) {
            scratch_.append("null");
        } else {
            scratch_.append_number(change.in->xid);
        }
        scratch_.append(";sequence:");
        find_envelope_field("sequence")->append(scratch_, facts_);
        first_of_lsn here{change.at.commit, change.change_lsn, change.at.sequence, what.what};
        if (here.commit != first_.commit || here.at != first_.at) {
            first_ = here;
        }
        bool shared = change.truncated != nullptr && change.truncated->relations.size() > 1;
        if (shared || here != first_) {
            scratch_.append(";tx_seq:");
            scratch_.append_number(change.at.sequence);
            scratch_.append(";op:");
            scratch_.append(static_cast<char>(what.what));
        }
        out.append("{\"id\":");
        append_json(out, scratch_.view());
    }

    void append_attribute(text_buffer& out, const envelope_field& field) {
        scratch_.clear();
        if (field.append(scratch_, facts_)) {
            append_json(out, scratch_.view());
        } else {
            out.append("null");
        }
    }

    void append_data(text_buffer& out, const event& what, workspace& space) {
        out.append(frame_.open());
        out.append("{\"before\":");
        if (what.has_before) {
            rows_.append(out, what.of->before, what.only_identity(), space);
        } else {
            out.append("null");
        }
        out.append(",\"after\":");
        if (what.has_after) {
            rows_.append(out, what.of->after, false, space);
        } else {
            out.append("null");
        }
        out.append('}');
        out.append(frame_.close());
    }

    row_writer rows_;
    schema_frame frame_;  // of the data
    std::string name_;
    std::string database_;
    std::string schema_;
    std::string table_;
    counted_collection counted_;
    std::string source_;
    std::vector<attribute> attributes_;
    std::string rest_;
    envelope_facts facts_;
    first_of_lsn first_;
    text_buffer scratch_;
};

connect_schema data_schema(const table_schemas& schemas, const row_writer& rows) {
    using image = table_schemas::image;
    auto data = connect_schema::structure();
    data.named("io.debezium.connector.postgresql.Data", 0);
    data.field("before", schemas.row(rows, image::before));
    return data.field("after", schemas.row(rows, image::after));
}

}  // namespace

made_body make_cloud_event(const context& global, const table_shape& shape) {
    auto rows = row_writer::make(shape, *global.events, shape.columns);
    if (!rows) {
        return tl::unexpected(std::move(rows.error()));
    }
    auto schemas = table_schemas::make(global, shape);
    if (!schemas) {
        return tl::unexpected(std::move(schemas.error()));
    }
    auto frame = frame_for(*global.events, data_schema(*schemas, *rows));
    return std::make_unique<cloud_event>(global, shape, std::move(*rows), std::move(frame));
}

}  // namespace walferry::encode
