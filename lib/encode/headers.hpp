#pragma once

#include "lib/base/error.hpp"
#include "lib/base/record.hpp"
#include "lib/base/text_buffer.hpp"
#include "lib/change/change.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace walferry::encode {

// The headers of change records: those that `events.headers` names, and one that a key change adds.
// position, operation, schema, table, xid, commit_time, and context (Debezium's three).
class header_writer {
public:
    header_writer(const std::vector<std::string>& names, std::string stream)
        : names_(names), stream_(std::move(stream)) {}

    // Errors: table_unfit for a name that is not known.
    result<void> check() const;

    // The views live until the next call. `first` stands in front, `last` behind the named ones.
    std::span<const header> of(const change::change& what, const header* first,
                               std::span<const header> last = {});

private:
    void add(std::string_view name, std::size_t start);
    void append(const std::string& name, const change::change& what);

    std::vector<std::string> names_;
    std::string stream_;
    text_buffer text_;
    std::vector<std::pair<std::string_view, std::pair<std::size_t, std::size_t>>> parts_;
    std::vector<header> headers_;
};

}  // namespace walferry::encode
