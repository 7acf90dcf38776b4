#include "lib/postgres/connect_parameters.hpp"

#include "lib/postgres/connection_text.hpp"

#include <libpq-fe.h>

#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>

namespace walferry::postgres {
namespace {

struct options_deleter {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using options_ptr = std::unique_ptr<PQconninfoOption, options_deleter>;

// As libpq decides (recognized_connection_string): anything else is a database's name.
bool is_connection_string(std::string_view url) {
    return url.starts_with("postgresql://") || url.starts_with("postgres://") ||
           url.find('=') != std::string_view::npos;
}

std::string value_of(const PQconninfoOption* options, std::string_view keyword) {
    for (const auto* option = options; option != nullptr && option->keyword != nullptr; ++option) {
        if (option->keyword == keyword) {
            return option->val == nullptr ? "" : option->val;
        }
    }
    return {};
}

}  // namespace

std::optional<error> connection_string_defect(const std::string& url) {
    if (!is_connection_string(url)) {
        return std::nullopt;
    }
    char* complaint = nullptr;
    const options_ptr options{PQconninfoParse(url.c_str(), &complaint)};
    const std::string text = complaint == nullptr ? "" : harmless_complaint(complaint);
    PQfreemem(complaint);
    if (options != nullptr) {
        return std::nullopt;
    }
    return error{error_kind::config_invalid,
                 "source.url is not a connection string" + (text.empty() ? "" : ": " + text),
                 "write it like postgresql://role@host:5432/database or host=... dbname=...; "
                 "percent-encode special characters of a URI",
                 {}};
}

void keyword_list::add(std::string name, std::string value) {
    names_.push_back(std::move(name));
    values_.push_back(std::move(value));
}

void keyword_list::seal() {
    for (std::size_t i = 0; i < names_.size(); ++i) {
        name_pointers_.push_back(names_[i].c_str());
        value_pointers_.push_back(values_[i].c_str());
    }
    name_pointers_.push_back(nullptr);
    value_pointers_.push_back(nullptr);
}

connect_parameters::connect_parameters(connect_request request) : request_(std::move(request)) {
    options_ptr named;
    if (is_connection_string(request_.url)) {
        named.reset(PQconninfoParse(request_.url.c_str(), nullptr));
    }
    const options_ptr defaults{PQconndefaults()};
    const auto effective = [&](std::string_view keyword) {
        std::string value = value_of(named.get(), keyword);
        return value.empty() ? value_of(defaults.get(), keyword) : value;
    };
    host_ = effective("host");
    address_ = effective("hostaddr");
    port_ = effective("port");
    hosts_ = list_size(host_.empty() ? address_ : host_);
}

keyword_list connect_parameters::beginning_at(std::size_t first_host) const {
    keyword_list list;
    list.add("keepalives_idle", "30");
    list.add("keepalives_interval", "10");
    list.add("keepalives_count", "3");
    list.add("tcp_user_timeout", "60000");
    list.add("fallback_application_name", request_.application_name);
    if (std::getenv("PGGSSENCMODE") == nullptr) {
        list.add("gssencmode", "disable");
    }
    list.add("dbname", request_.url);
    if (first_host > 0) {
        list.add("host", rotate_list(host_, first_host));
        list.add("hostaddr", rotate_list(address_, first_host));
        list.add("port", rotate_list(port_, first_host));
    }
    list.add("client_encoding", "UTF8");
    if (request_.kind == session_kind::replication) {
        list.add("replication", "database");
    }
    list.seal();
    return list;
}

}  // namespace walferry::postgres
