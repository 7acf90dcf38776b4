#include "lib/postgres/connection_text.hpp"

#include <algorithm>

namespace walferry::postgres {
namespace {

bool is_sqlstate(std::string_view text) {
    return text.size() == 5 && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
           });
}

// The severity is translated, so the two blanks and the shape of the code are all there is.
std::size_t find_sqlstate(std::string_view line) {
    for (std::size_t at = line.find(":  "); at != std::string_view::npos;
         at = line.find(":  ", at + 1)) {
        const std::string_view rest = line.substr(at + 3);
        if (rest.size() > 7 && is_sqlstate(rest.substr(0, 5)) && rest.substr(5, 2) == ": ") {
            return at + 3;
        }
    }
    return std::string_view::npos;
}

// LOCATION:  auth_failed, auth.c:326
bool is_location(std::string_view line) {
    const std::size_t dot_c = line.rfind(".c:");
    return line.find(":  ") != std::string_view::npos && dot_c != std::string_view::npos &&
           dot_c + 3 < line.size() &&
           std::all_of(line.begin() + static_cast<std::ptrdiff_t>(dot_c) + 3, line.end(),
                       [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view trim(std::string_view line) {
    while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) {
        line.remove_suffix(1);
    }
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) {
        line.remove_prefix(1);
    }
    return line;
}

}  // namespace

std::size_t list_size(std::string_view list) {
    return static_cast<std::size_t>(std::count(list.begin(), list.end(), ',')) + 1;
}

std::string rotate_list(std::string_view list, std::size_t first) {
    std::size_t at = 0;
    for (std::size_t skipped = 0; skipped < first % list_size(list); ++skipped) {
        at = list.find(',', at) + 1;
    }
    if (at == 0) {
        return std::string{list};
    }
    return std::string{list.substr(at)} + ',' + std::string{list.substr(0, at - 1)};
}

server_report parse_connect_failure(std::string_view text) {
    server_report report;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string line{trim(text.substr(0, end))};
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        if (line.empty() || is_location(line)) {
            continue;
        }
        const std::size_t code = find_sqlstate(line);
        if (code != std::string_view::npos) {
            report.sqlstate = line.substr(code, 5);
            line.erase(code, 7);
        }
        report.message += report.message.empty() ? "" : "; ";
        report.message += line;
    }
    return report;
}

std::string harmless_complaint(std::string_view complaint) {
    const bool names_only_a_keyword = complaint.starts_with("invalid connection option") ||
                                      complaint.starts_with("invalid URI query parameter");
    return names_only_a_keyword ? std::string{trim(complaint.substr(0, complaint.find('\n')))}
                                : std::string{};
}

}  // namespace walferry::postgres
