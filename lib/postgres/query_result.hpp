#pragma once

#include "lib/base/lsn.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct pg_result;

namespace walferry::postgres {

// The rows of one statement as text; of several statements in one string, those of the last that
// returned rows. Owns libpq's result. Views live as long as this object. Rows and columns count
// from 0 and must exist. What is not a number (boolean, LSN) reads as zero (false, 0/0).
class query_result {
public:
    query_result() = default;
    explicit query_result(pg_result* owned);

    std::size_t rows() const;
    std::size_t columns() const;
    bool is_null(std::size_t row, std::size_t column) const;
    std::string_view text(std::size_t row, std::size_t column) const;  // NULL: empty
    std::string string(std::size_t row, std::size_t column) const {
        return std::string{text(row, column)};
    }
    std::int64_t number(std::size_t row, std::size_t column) const;
    std::uint32_t oid(std::size_t row, std::size_t column) const;
    bool boolean(std::size_t row, std::size_t column) const;
    lsn location(std::size_t row, std::size_t column) const;
    std::optional<std::int64_t> maybe_number(std::size_t row, std::size_t column) const;

private:
    struct deleter {
        void operator()(pg_result* result) const;
    };
    std::unique_ptr<pg_result, deleter> result_;
};

}  // namespace walferry::postgres
