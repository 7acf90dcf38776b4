#include "lib/encode/transaction_counter.hpp"

#include "lib/encode/fixed_schemas.hpp"
#include "lib/encode/json_text.hpp"

#include <algorithm>

namespace walferry::encode {

transaction_counter::transaction_counter(const config::event_settings& events)
    : key_frame_(frame_for(events, transaction_key_schema())),
      value_frame_(frame_for(events, transaction_value_schema())) {}

transaction_counter::collection transaction_counter::collection_of(std::string_view name) {
    for (std::size_t i = 0; i < collections_.size(); ++i) {
        if (collections_[i].name == name) {
            return static_cast<collection>(i);
        }
    }
    collections_.push_back({std::string{name}, 0});
    return static_cast<collection>(collections_.size() - 1);
}

void transaction_counter::begin(const change::transaction& transaction) {
    id_ = std::to_string(transaction.xid) + ":" + std::to_string(transaction.commit_lsn.value);
    time_ms_ = transaction.commit_time.microseconds / 1000;
    total_ = 0;
    for (auto& each : collections_) {
        each.events = 0;
    }
}

transaction_counter::place transaction_counter::count(collection of) {
    return {++total_, ++collections_[of].events};
}

void transaction_counter::append_block(text_buffer& out, place at) const {
    out.append(R"({"id":")");
    out.append(id_);
    out.append(R"(","total_order":)");
    out.append_number(at.total);
    out.append(R"(,"data_collection_order":)");
    out.append_number(at.in_collection);
    out.append('}');
}

void transaction_counter::give_begin(record_consumer& out) {
    value_.clear();
    value_.append(value_frame_.open());
    value_.append(R"({"status":"BEGIN","id":")");
    value_.append(id_);
    value_.append(R"(","event_count":null,"data_collections":null,"ts_ms":)");
    value_.append_number(time_ms_);
    value_.append('}');
    give(out);
}

void transaction_counter::give_end(record_consumer& out) {
    std::vector<const counted*> used;
    for (const auto& each : collections_) {
        if (each.events != 0) {
            used.push_back(&each);
        }
    }
    std::sort(used.begin(), used.end(),
              [](const counted* a, const counted* b) { return a->name < b->name; });
    value_.clear();
    value_.append(value_frame_.open());
    value_.append(R"({"status":"END","id":")");
    value_.append(id_);
    value_.append(R"(","event_count":)");
    value_.append_number(total_);
    value_.append(R"(,"data_collections":[)");
    for (const auto* each : used) {
        value_.append(each == used.front() ? R"({"data_collection":)" : R"(,{"data_collection":)");
        append_json(value_, each->name);
        value_.append(R"(,"event_count":)");
        value_.append_number(each->events);
        value_.append('}');
    }
    value_.append(R"(],"ts_ms":)");
    value_.append_number(time_ms_);
    value_.append('}');
    give(out);
}

void transaction_counter::give(record_consumer& out) {
    value_.append(value_frame_.close());
    key_.clear();
    key_.append(key_frame_.open());
    key_.append(R"({"id":")");
    key_.append(id_);
    key_.append(R"("})");
    key_.append(key_frame_.close());
    encoded_record made;
    made.what.key = key_.view();
    made.what.value = value_.view();
    made.what.timestamp_ms = time_ms_;
    made.partition_key = key_.view();
    made.has_partition_key = true;
    out.take(made);
}

}  // namespace walferry::encode
