#include "lib/encode/source_block.hpp"

#include "decoders/values/digits.hpp"
#include "lib/encode/json_text.hpp"

namespace walferry::encode {

std::string_view name_of(change::snapshot_mark mark) {
    switch (mark) {
        case change::snapshot_mark::no:
            return "false";
        case change::snapshot_mark::first:
            return "first";
        case change::snapshot_mark::first_in_table:
            return "first_in_data_collection";
        case change::snapshot_mark::inside:
            return "true";
        case change::snapshot_mark::last_in_table:
            return "last_in_data_collection";
        case change::snapshot_mark::last:
            return "last";
        case change::snapshot_mark::incremental:
            return "incremental";
    }
    return "false";
}

source_block::source_block(const context& global, std::string_view schema, std::string_view table)
    : head_(std::string{R"("source":{"version":")"} + WALFERRY_VERSION +
            R"(","connector":"postgresql","name":)" + json_of(global.name) + R"(,"ts_ms":)"),
      database_(R"(","db":)" + json_of(global.database) + R"(,"sequence":"[\")"),
      table_(R"(,"schema":)" + json_of(schema) + R"(,"table":)" + json_of(table) + R"(,"txId":)") {}

void source_block::prepare(const change::change& what, const identity& of) {
    to_sequence_.clear();
    to_sequence_.append(head_);
    to_sequence_.append_number(of.time_us / 1000);
    to_sequence_.append(R"(,"snapshot":")");
    to_sequence_.append(name_of(of.snapshot));
    to_sequence_.append(database_);
    to_sequence_.append_number(of.commit.value);
    to_sequence_.append(R"(\",\")");

    to_lsn_.clear();
    to_lsn_.append(R"(\"]","ts_us":)");
    to_lsn_.append_number(of.time_us);
    to_lsn_.append(R"(,"ts_ns":)");
    to_lsn_.append_number(of.time_us);
    to_lsn_.append("000");
    to_lsn_.append(table_);
    if (of.in_transaction) {
        to_lsn_.append_number(of.xid);
    } else {
        to_lsn_.append("null");
    }
    to_lsn_.append(R"(,"lsn":)");

    to_ordinal_.clear();
    to_ordinal_.append(R"(,"xmin":null,"origin":)");
    if (what.in == nullptr || what.in->origin.empty()) {
        to_ordinal_.append(R"(null,"origin_lsn":null)");
    } else {
        append_json(to_ordinal_, what.in->origin);
        to_ordinal_.append(R"(,"origin_lsn":)");
        to_ordinal_.append_number(what.in->origin_lsn.value);
    }
    to_ordinal_.append(R"(,"commit_lsn":)");
    to_ordinal_.append_number(of.commit.value);
    to_ordinal_.append(R"(,"tx_seq":)");
    prepared_ = of;
    is_prepared_ = true;
}

void source_block::append(text_buffer& out, const change::change& what, const moment& now) {
    identity of{what.at.commit, event_time(what, now).microseconds,
                what.in == nullptr ? what.read_after : what.in->xid, what.snapshot,
                what.in != nullptr || what.read_after != 0};
    if (!is_prepared_ || of != prepared_) {
        prepare(what, of);
    }
    out.append(to_sequence_.view());
    auto start = out.size();
    values::append_digits(out, what.change_lsn.value);
    auto length = out.size() - start;
    out.append(to_lsn_.view());
    out.reserve(length);
    out.append(out.view().substr(start, length));
    out.append(to_ordinal_.view());
    values::append_digits(out, what.at.sequence);
}

void append_clock(text_buffer& out, unix_time at) {
    out.append(R"("ts_ms":)");
    out.append_number(at.microseconds / 1000);
    out.append(R"(,"ts_us":)");
    out.append_number(at.microseconds);
    out.append(R"(,"ts_ns":)");
    out.append_number(at.microseconds);
    out.append("000");
}

}  // namespace walferry::encode
