#include "lib/observe/page.hpp"

#include <cstddef>
#include <cstdio>
#include <random>

namespace walferry::observe {

// Written by page/embed.cmake from page/*.
extern const char* const page_text;
extern const std::size_t page_size;

std::string status_page(std::string_view nonce) {
    constexpr std::string_view mark = "{{nonce}}";
    std::string page;
    std::string_view rest{page_text, page_size};
    for (std::size_t at = rest.find(mark); at != rest.npos; at = rest.find(mark)) {
        page += rest.substr(0, at);
        page += nonce;
        rest.remove_prefix(at + mark.size());
    }
    page += rest;
    return page;
}

std::string make_nonce() {
    std::random_device random;
    std::string nonce;
    for (int i = 0; i < 4; ++i) {
        char digits[9];
        std::snprintf(digits, sizeof digits, "%08x", random());
        nonce += digits;
    }
    return nonce;
}

}  // namespace walferry::observe
