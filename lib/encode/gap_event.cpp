#include "lib/encode/gap_event.hpp"

#include "lib/encode/json_text.hpp"

namespace walferry::encode {
namespace {

void append_text(text_buffer& out, std::string_view name, std::string_view value) {
    out.append(name);
    append_json(out, value);
}

}  // namespace

encoded_record gap_encoder::encode(const gap& what, unix_time now) {
    const std::int64_t now_ms = now.microseconds / 1000;
    key_.clear();
    append_text(key_, R"({"slot":)", what.slot);
    key_.append('}');
    value_.clear();
    append_text(value_, R"({"status":"GAP","reason":)", what.reason);
    if (what.from) {
        append_text(value_, R"(,"from_lsn":)", to_string(*what.from));
    } else {
        value_.append(R"(,"from_lsn":null)");
    }
    append_text(value_, R"(,"to_lsn":)", to_string(what.to));
    value_.append(R"(,"tables":)");
    value_.append(what.tables.empty() ? "null" : "[");
    for (std::size_t i = 0; i < what.tables.size(); ++i) {
        append_text(value_, i == 0 ? "" : ",", what.tables[i]);
    }
    value_.append(what.tables.empty() ? "" : "]");
    append_text(value_, R"(,"message":)", what.message);
    append_text(value_, R"(,"slot":)", what.slot);
    append_text(value_, R"(,"system_id":)", std::to_string(what.system));
    value_.append(R"(,"timeline":)");
    value_.append_number(what.timeline);
    value_.append(R"(,"ts_ms":)");
    value_.append_number(now_ms);
    value_.append('}');
    encoded_record made;
    made.what.key = key_.view();
    made.what.value = value_.view();
    made.what.timestamp_ms = now_ms;
    made.partition_key = key_.view();
    made.has_partition_key = true;
    return made;
}

}  // namespace walferry::encode
