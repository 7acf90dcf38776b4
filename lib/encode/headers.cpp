#include "lib/encode/headers.hpp"

#include <algorithm>
#include <array>

namespace walferry::encode {
namespace {

constexpr std::array known_names{"position", "operation",   "schema", "table",
                                 "xid",      "commit_time", "context"};

void append_lsn(text_buffer& out, lsn at) {
    out.append(to_string(at));
}

}  // namespace

result<void> header_writer::check() const {
    for (const auto& name : names_) {
        if (std::find(known_names.begin(), known_names.end(), name) == known_names.end()) {
            return fail(error_kind::table_unfit,
                        "events.headers: there is no header \"" + name + "\"",
                        "position, operation, schema, table, xid, commit_time, context");
        }
    }
    return {};
}

void header_writer::add(std::string_view name, std::size_t start) {
    parts_.push_back({name, {start, text_.size() - start}});
}

void header_writer::append(const std::string& name, const change::change& what) {
    auto start = text_.size();
    if (name == "position") {
        append_lsn(text_, what.at.commit);
        text_.append(':');
        text_.append_number(what.at.sequence);
        add("walferry.position", start);
    } else if (name == "operation") {
        text_.append(static_cast<char>(what.what));
        add("walferry.operation", start);
    } else if (name == "schema" && what.table != nullptr) {
        text_.append(what.table->schema);
        add("walferry.schema", start);
    } else if (name == "table" && what.table != nullptr) {
        text_.append(what.table->name);
        add("walferry.table", start);
    } else if (name == "xid" && what.in != nullptr) {
        text_.append_number(what.in->xid);
        add("walferry.xid", start);
    } else if (name == "commit_time" && what.in != nullptr) {
        text_.append_number(what.in->commit_time.microseconds);
        add("walferry.commit_time", start);
    } else if (name == "context") {
        text_.append(stream_);
        add("__debezium.context.connectorLogicalName", start);
        start = text_.size();
        text_.append('0');
        add("__debezium.context.taskId", start);
        start = text_.size();
        text_.append("postgresql");
        add("__debezium.context.connectorName", start);
    }
}

std::span<const header> header_writer::of(const change::change& what, const header* first,
                                          std::span<const header> last) {
    if (names_.empty() && last.empty()) {
        return {first, first == nullptr ? std::size_t{0} : std::size_t{1}};
    }
    text_.clear();
    parts_.clear();
    for (const auto& name : names_) {
        append(name, what);
    }
    headers_.clear();
    if (first != nullptr) {
        headers_.push_back(*first);
    }
    for (const auto& [name, place] : parts_) {
        headers_.push_back({name, text_.view().substr(place.first, place.second)});
    }
    headers_.insert(headers_.end(), last.begin(), last.end());
    return headers_;
}

}  // namespace walferry::encode
