#pragma once

#include "lib/base/text_buffer.hpp"

#include <string>
#include <string_view>

namespace walferry::encode {

// Appends `text` as a JSON string with its quotes. What is not UTF-8 (a database with the encoding
// SQL_ASCII can hold it) becomes U+FFFD, one for each broken sequence: JSON has no place for it.
void append_json(text_buffer& out, std::string_view text);

// The same without the quotes around it.
void append_json_inside(text_buffer& out, std::string_view text);

bool is_utf8(std::string_view text);

// Whether JSON takes the text as it is: printable ASCII without quote and backslash.
bool is_plain(std::string_view text);

std::string json_of(std::string_view text);

enum class base64_alphabet { standard, url_safe };
void append_base64(text_buffer& out, std::string_view bytes,
                   base64_alphabet alphabet = base64_alphabet::standard);

// The base64 of the shortest big-endian two's complement form of a number.
void append_base64(text_buffer& out, std::int64_t value);

void append_hex(text_buffer& out, std::string_view bytes);

// The bytes that hexadecimal digits stand for. False, and nothing appended, when they are none.
bool append_unhexed(text_buffer& out, std::string_view hex);

// The text that the inside of a JSON string stands for, if append_json_inside wrote it.
void append_unescaped(text_buffer& out, std::string_view inside);

// Length of the well-formed UTF-8 sequence at the front of `text`, which is not empty; 0 when there
// is none.
std::size_t utf8_length(std::string_view text);

}  // namespace walferry::encode
