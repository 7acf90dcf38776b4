#include "lib/base/text_buffer.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <limits>
#include <random>
#include <string>

using walferry::text_buffer;

TEST_CASE("a new buffer is empty and takes nothing as well as something") {
    text_buffer buffer;
    CHECK(buffer.empty());
    CHECK(buffer.view().empty());
    buffer.append("");
    buffer.append(std::string_view{});
    CHECK(buffer.empty());
    buffer.append("a");
    buffer.append(std::string_view{});
    CHECK(buffer.view() == "a");
}

TEST_CASE("random appends, truncations and clears give what a string gives") {
    std::mt19937_64 random{7};
    text_buffer buffer;
    std::string model;
    for (int step = 0; step < 20'000; ++step) {
        switch (random() % 8) {
            case 0:
                buffer.append('x');
                model += 'x';
                break;
            case 1: {
                auto number = static_cast<std::int64_t>(random());
                buffer.append_number(number);
                model += std::to_string(number);
                break;
            }
            case 2: {
                auto size = random() % (model.size() + 2);
                buffer.truncate(size);
                model.resize(std::min(model.size(), size));
                break;
            }
            case 3:
                if (random() % 50 == 0) {
                    buffer.clear();
                    model.clear();
                }
                break;
            case 4: {
                auto size = random() % 3000;
                auto* room = buffer.reserve(size);
                std::fill_n(room, size / 2, 'r');
                buffer.commit(size / 2);
                model.append(size / 2, 'r');
                break;
            }
            default: {
                std::string text(random() % 200, static_cast<char>('a' + random() % 26));
                buffer.append(text);
                model += text;
            }
        }
        REQUIRE(buffer.size() == model.size());
        REQUIRE(buffer.capacity() >= buffer.size());
        if (step % 64 == 0) {
            REQUIRE(buffer.view() == model);
        }
    }
    CHECK(buffer.view() == model);
}

TEST_CASE("one append may be larger than any doubling") {
    text_buffer buffer;
    buffer.append("head");
    std::string large(1'000'003, 'z');
    buffer.append(large);
    CHECK(buffer.size() == large.size() + 4);
    CHECK(buffer.view_from(4) == large);
}

TEST_CASE("the extremes of every width are written in full") {
    text_buffer buffer;
    buffer.append_number(std::numeric_limits<std::int64_t>::min());
    buffer.append(' ');
    buffer.append_number(std::numeric_limits<std::uint64_t>::max());
    buffer.append(' ');
    buffer.append_number(std::int16_t{-1});
    CHECK(buffer.view() == "-9223372036854775808 18446744073709551615 -1");
}

TEST_CASE("clearing keeps the memory, shrinking gives back what one large row took") {
    text_buffer buffer;
    buffer.append(std::string(5000, 'x'));
    auto taken = buffer.capacity();
    buffer.clear();
    CHECK(buffer.capacity() == taken);
    buffer.shrink_above(taken);
    CHECK(buffer.capacity() == taken);
    buffer.shrink_above(taken - 1);
    CHECK(buffer.capacity() == 0);
    buffer.append("again");
    CHECK(buffer.view() == "again");
}
