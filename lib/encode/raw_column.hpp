#pragma once

#include "lib/encode/row_writer.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace walferry::encode {

// One column of a row that is published as it is. Gives its value as text, as bytes, or as the JSON
// that events have for it.
class raw_column {
public:
    // `setting` names the key of the configuration that chose the column. Errors: table_unfit, when
    // the table does not have it, or when it is masked or filtered out.
    static result<raw_column> make(const context& global, const table_shape& shape,
                                   const std::string& setting, const std::string& name);

    // PostgreSQL's text; nothing for NULL. The view lives until the next call or row.
    std::optional<std::string_view> text(pgoutput::row row, workspace& space);

    // The same, but of bytea the bytes.
    std::optional<std::string_view> bytes(pgoutput::row row, workspace& space);

    void append_json(text_buffer& out, pgoutput::row row, workspace& space) const;

    change::oid type() const { return plan().oid; }

private:
    const value_plan& plan() const { return writer_.columns()[0].plan; }

    std::uint32_t index_ = 0;
    row_writer writer_;  // of this column alone
    text_buffer text_;
};

// Whether events.skip leaves out the inserts, which are all that raw topics get.
bool skips_inserts(const config::event_settings& events);

// A column that goes into a header, or into a member beside the payload.
struct placed_column {
    raw_column column;
    std::string name;
    std::string member;  // `,"name":`
    text_buffer json;
};

struct placed_columns {
    std::vector<placed_column> headers;
    std::vector<placed_column> members;

    // Errors: table_unfit.
    static result<placed_columns> make(const context& global, const table_shape& shape,
                                       const std::string& setting,
                                       const std::vector<std::string>& texts);

    // Appends the headers of a row. The views live until the next call.
    void append_headers(std::vector<header>& out, pgoutput::row row, workspace& space);
};

// The names of `events.headers` with `position`, which every raw record carries, in front.
std::vector<std::string> headers_with_position(const config::event_settings& events);

}  // namespace walferry::encode
