#include "lib/postgres/copy_frame.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace walferry::postgres {
namespace {

std::string bytes(std::initializer_list<int> values) {
    std::string out;
    for (int value : values) {
        out += static_cast<char>(value);
    }
    return out;
}

const std::string lsn_one_two = bytes({0, 0, 0, 1, 0, 0, 0, 2});
const std::string lsn_three = bytes({0, 0, 0, 0, 0, 0, 0, 3});
const std::string second_after_2000 = bytes({0, 0, 0, 0, 0, 0x0f, 0x42, 0x40});

}  // namespace

TEST_CASE("a piece of the stream has its LSNs, its time and its payload") {
    const std::string frame = "w" + lsn_one_two + lsn_three + second_after_2000 + "B...";
    const copy_frame parsed = parse_copy_frame(frame);
    const auto& data = std::get<wal_frame>(parsed);
    CHECK(data.start == lsn{0x1'0000'0002});
    CHECK(data.wal_end == lsn{3});
    CHECK(data.sent.microseconds == postgres_epoch_us + 1'000'000);
    CHECK(data.payload == "B...");
}

TEST_CASE("a keepalive says whether it wants an answer") {
    for (const bool wanted : {false, true}) {
        const std::string frame =
            "k" + lsn_one_two + second_after_2000 + std::string(1, wanted ? '\1' : '\0');
        const copy_frame parsed = parse_copy_frame(frame);
        const auto& alive = std::get<keepalive_frame>(parsed);
        CHECK(alive.wal_end == lsn{0x1'0000'0002});
        CHECK(alive.reply_requested == wanted);
    }
}

TEST_CASE("every shortened and every longer frame is refused, never read past its end") {
    const std::string keepalive = "k" + lsn_three + second_after_2000 + std::string(1, '\0');
    const std::string data = "w" + lsn_three + lsn_three + second_after_2000 + "B";
    for (const std::string& whole : {keepalive, data}) {
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const std::string part = whole.substr(0, size);
            CHECK(std::holds_alternative<unknown_frame>(parse_copy_frame(part)));
        }
    }
    CHECK(std::holds_alternative<unknown_frame>(parse_copy_frame(keepalive + "x")));
    std::string odd_flag = keepalive;
    odd_flag.back() = '\2';
    CHECK(std::holds_alternative<unknown_frame>(parse_copy_frame(odd_flag)));
    CHECK(std::holds_alternative<unknown_frame>(parse_copy_frame("z" + lsn_three)));
}

TEST_CASE("a status has 34 bytes in network order") {
    standby_status status;
    status.write = {0x0102030405060708};
    status.flush = {3};
    status.apply = {3};
    status.at = {postgres_epoch_us + 1'000'000};
    status.reply_requested = true;
    const auto encoded = encode_standby_status(status);
    const std::string got{encoded.data(), encoded.size()};
    CHECK(got ==
          "r" + bytes({1, 2, 3, 4, 5, 6, 7, 8}) + lsn_three + lsn_three + second_after_2000 + "\1");
}

}  // namespace walferry::postgres
