#pragma once

#include "decoders/pgoutput/message.hpp"
#include "decoders/values/binary.hpp"
#include "decoders/values/date_time.hpp"
#include "decoders/values/decimal.hpp"
#include "lib/base/text_buffer.hpp"
#include "lib/change/catalog.hpp"
#include "lib/config/settings.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace walferry::encode {

// Memory that writers use from row to row. A writer may use every part of it except `binary`, which
// holds the value it writes, and must not keep views into it.
struct workspace {
    const values::type_source* types = nullptr;  // for binary values
    text_buffer binary;
    text_buffer element;
    text_buffer name;
    text_buffer bytes;
    text_buffer text;
    std::vector<char> digits;
    values::unscaled_writer unscaled;
};

struct value_plan;
class mask;

// Appends the JSON of a value given in PostgreSQL's text form. False: the value does not fit the
// type of the column's events; what was appended is then taken back and the text is published.
using write_value = bool (*)(const value_plan& plan, std::string_view text, text_buffer& out,
                             workspace& space);

// What a column's values look like in events; for json-schema and Avro, too.
enum class event_type : std::uint8_t {
    boolean,
    int16,
    int32,
    int64,
    float32,
    float64,
    string,
    bytes,
    decimal,           // bytes with a scale
    variable_decimal,  // {scale, value}
    point,
    map,
    array,
};

enum class time_unit : std::uint8_t { milliseconds, microseconds, nanoseconds };

// How the values of one column, or the elements of its arrays, are written. Made once a relation
// version; constant afterwards.
struct value_plan {
    write_value write = nullptr;
    event_type type = event_type::string;
    std::string_view semantic;   // name of the Connect schema; empty: none
    std::int32_t scale = 0;      // of a decimal
    std::int32_t precision = 0;  // of a decimal; 0: not declared
    std::int32_t length = 0;     // of bits, text
    std::int32_t digits = 6;     // of the fraction of a second
    time_unit unit = time_unit::microseconds;
    config::binary_mode binary = config::binary_mode::bytes;
    values::type layout;       // of binary values
    bool known = true;         // false: Debezium has no type for it
    bool embeds_json = false;  // format plain: json, whose null is not SQL's
    change::oid oid = 0;       // after resolving domains
    char delimiter = ',';
    std::string null = "null";  // JSON of a NULL
    std::string unavailable;    // JSON of an unchanged TOAST value that was not sent
    std::unique_ptr<value_plan> element;
    const change::type_description* described = nullptr;
    std::shared_ptr<const mask> hidden_by;  // null: published as it is
};

value_plan make_value_plan(change::oid type, std::int32_t modifier, const change::catalog& types,
                           const config::event_settings& events);

// The numbers of dates and times in events, from PostgreSQL's own; false: they do not fit.
bool append_date_number(text_buffer& out, values::date_value value);
bool append_time_number(text_buffer& out, std::int64_t microseconds, time_unit unit);
bool append_timestamp_number(text_buffer& out, values::timestamp_value value, time_unit unit);

// Writes the value by its plan, or as a JSON string of its text when it does not fit.
inline void append_value(const value_plan& plan, std::string_view text, text_buffer& out,
                         workspace& space);

// A value in PostgreSQL's binary form: the same JSON as from its text. Of a type whose form is not
// known the bytes are published, as `\x` and hexadecimal digits.
void append_binary(const value_plan& plan, std::string_view bytes, text_buffer& out,
                   workspace& space);

// Writers by family, for value_plan.cpp.
namespace writers {
bool boolean(const value_plan&, std::string_view, text_buffer&, workspace&);
bool number(const value_plan&, std::string_view, text_buffer&, workspace&);
bool number_list(const value_plan&, std::string_view, text_buffer&, workspace&);
bool double_precision(const value_plan&, std::string_view, text_buffer&, workspace&);
bool text(const value_plan&, std::string_view, text_buffer&, workspace&);
bool decimal_precise(const value_plan&, std::string_view, text_buffer&, workspace&);
bool decimal_variable(const value_plan&, std::string_view, text_buffer&, workspace&);
bool decimal_double(const value_plan&, std::string_view, text_buffer&, workspace&);
bool money_precise(const value_plan&, std::string_view, text_buffer&, workspace&);
bool money_double(const value_plan&, std::string_view, text_buffer&, workspace&);
bool money_string(const value_plan&, std::string_view, text_buffer&, workspace&);
bool bytea(const value_plan&, std::string_view, text_buffer&, workspace&);
bool text_as_bytes(const value_plan&, std::string_view, text_buffer&, workspace&);
bool bit(const value_plan&, std::string_view, text_buffer&, workspace&);
bool bits(const value_plan&, std::string_view, text_buffer&, workspace&);
bool date_number(const value_plan&, std::string_view, text_buffer&, workspace&);
bool date_iso(const value_plan&, std::string_view, text_buffer&, workspace&);
bool time_number(const value_plan&, std::string_view, text_buffer&, workspace&);
bool time_iso(const value_plan&, std::string_view, text_buffer&, workspace&);
bool zoned_time(const value_plan&, std::string_view, text_buffer&, workspace&);
bool timestamp_number(const value_plan&, std::string_view, text_buffer&, workspace&);
bool timestamp_iso(const value_plan&, std::string_view, text_buffer&, workspace&);
bool zoned_timestamp(const value_plan&, std::string_view, text_buffer&, workspace&);
bool interval_number(const value_plan&, std::string_view, text_buffer&, workspace&);
bool interval_iso(const value_plan&, std::string_view, text_buffer&, workspace&);
bool point(const value_plan&, std::string_view, text_buffer&, workspace&);
bool hstore_json(const value_plan&, std::string_view, text_buffer&, workspace&);
bool hstore_map(const value_plan&, std::string_view, text_buffer&, workspace&);
bool array(const value_plan&, std::string_view, text_buffer&, workspace&);
}  // namespace writers

void append_text_instead(std::size_t start, std::string_view text, text_buffer& out);

void append_value(const value_plan& plan, std::string_view text, text_buffer& out,
                  workspace& space) {
    auto start = out.size();
    if (!plan.write(plan, text, out, space)) {
        append_text_instead(start, text, out);
    }
}

}  // namespace walferry::encode
