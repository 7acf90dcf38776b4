#include "lib/postgres/query_result.hpp"

#include <libpq-fe.h>

#include <charconv>

namespace walferry::postgres {
namespace {

int index(std::size_t value) {
    return static_cast<int>(value);
}

template <typename number>
number parse_number(std::string_view text) {
    number value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}  // namespace

void query_result::deleter::operator()(pg_result* result) const {
    PQclear(result);
}

query_result::query_result(pg_result* owned) : result_(owned) {}

std::size_t query_result::rows() const {
    return static_cast<std::size_t>(PQntuples(result_.get()));
}

std::size_t query_result::columns() const {
    return static_cast<std::size_t>(PQnfields(result_.get()));
}

bool query_result::is_null(std::size_t row, std::size_t column) const {
    return PQgetisnull(result_.get(), index(row), index(column)) == 1;
}

std::string_view query_result::text(std::size_t row, std::size_t column) const {
    return {PQgetvalue(result_.get(), index(row), index(column)),
            static_cast<std::size_t>(PQgetlength(result_.get(), index(row), index(column)))};
}

std::int64_t query_result::number(std::size_t row, std::size_t column) const {
    return parse_number<std::int64_t>(text(row, column));
}

std::uint32_t query_result::oid(std::size_t row, std::size_t column) const {
    return parse_number<std::uint32_t>(text(row, column));
}

bool query_result::boolean(std::size_t row, std::size_t column) const {
    return text(row, column) == "t";
}

lsn query_result::location(std::size_t row, std::size_t column) const {
    return parse_lsn(text(row, column)).value_or(lsn{});
}

std::optional<std::int64_t> query_result::maybe_number(std::size_t row, std::size_t column) const {
    if (is_null(row, column)) {
        return std::nullopt;
    }
    return number(row, column);
}

}  // namespace walferry::postgres
