#include "lib/publish/ticket_packer.hpp"

#include "lib/publish/topic_names.hpp"
#include "lib/publish/trouble_limiter.hpp"

#include <catch2/catch.hpp>

using namespace walferry;
using namespace walferry::publish;

TEST_CASE("a ticket comes back whole from its word, with the sequence in it") {
    ticket_packer packer;
    const auto first = packer.pack(7, 1);
    const auto other = packer.pack(8, 5'000'000'000);
    CHECK(packer.ticket_of(first) == 7);
    CHECK(ticket_packer::sequence_of(first) == 1);
    CHECK(packer.ticket_of(other) == 8);
    CHECK(ticket_packer::sequence_of(other) == 0xffff'ffff);
}

TEST_CASE("tickets above and across 32 bits come back whole") {
    for (const std::uint64_t base :
         {std::uint64_t{0}, std::uint64_t{0xffff'fff0}, std::uint64_t{0x1234'5678'ffff'fff8}}) {
        ticket_packer packer;
        const auto old = packer.pack(base, 1);
        const auto fresh = packer.pack(base + 1'000'000, 2);
        CHECK(packer.ticket_of(old) == base);
        CHECK(packer.ticket_of(fresh) == base + 1'000'000);
        const auto lower = packer.pack(base + 3, 0);
        CHECK(packer.ticket_of(lower) == base + 3);
        CHECK(packer.ticket_of(fresh) == base + 1'000'000);
    }
}

TEST_CASE("Kafka's rule for topic names") {
    CHECK(is_legal_topic_name("a.B_9-z"));
    CHECK(is_legal_topic_name(std::string(249, 'x')));
    CHECK_FALSE(is_legal_topic_name(std::string(250, 'x')));
    CHECK_FALSE(is_legal_topic_name(""));
    CHECK_FALSE(is_legal_topic_name("."));
    CHECK_FALSE(is_legal_topic_name(".."));
    CHECK_FALSE(is_legal_topic_name("a b"));
    CHECK_FALSE(is_legal_topic_name("größe"));
}

TEST_CASE("one trouble of a sort passes in ten seconds, and the next tells how many did not") {
    trouble_limiter limiter;
    const instant start{std::chrono::hours(1)};
    using std::chrono::seconds;
    CHECK(limiter.admit("a", start) == 0);
    CHECK_FALSE(limiter.admit("a", start + seconds(1)));
    CHECK_FALSE(limiter.admit("a", start + seconds(9)));
    CHECK(limiter.admit("b", start + seconds(9)) == 0);
    CHECK(limiter.admit("a", start + seconds(10)) == 2);
    CHECK(limiter.admit("a", start + seconds(20)) == 0);
}
