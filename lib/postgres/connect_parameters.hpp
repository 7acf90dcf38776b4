#pragma once

#include "lib/base/error.hpp"
#include "lib/postgres/connection.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace walferry::postgres {

// Nothing when libpq can read the text as a connection string or URI.
std::optional<error> connection_string_defect(const std::string& url);

// Parallel null-terminated arrays for PQconnectStartParams.
class keyword_list {
public:
    void add(std::string name, std::string value);
    const char* const* names() const { return name_pointers_.data(); }
    const char* const* values() const { return value_pointers_.data(); }

    keyword_list() = default;
    keyword_list(keyword_list&&) = default;

private:
    friend class connect_parameters;
    void seal();

    std::vector<std::string> names_;
    std::vector<std::string> values_;
    std::vector<const char*> name_pointers_;
    std::vector<const char*> value_pointers_;
};

// What we say to libpq around the user's url: defaults before it (the url wins), what must be so
// behind it. TCP keepalives find a dead peer in 60 s; GSS encryption is off unless asked for,
// because its probing of credential caches is slow and it hides read-ahead bytes from us.
class connect_parameters {
public:
    explicit connect_parameters(connect_request request);

    std::size_t hosts() const { return hosts_; }

    // With the lists of hosts, addresses and ports rotated.
    keyword_list beginning_at(std::size_t first_host) const;

private:
    connect_request request_;
    std::string host_;
    std::string address_;
    std::string port_;
    std::size_t hosts_ = 1;
};

}  // namespace walferry::postgres
