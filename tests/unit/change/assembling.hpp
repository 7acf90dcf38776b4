#pragma once

#include "decoders/pgoutput/decoder.hpp"
#include "lib/change/assembler.hpp"
#include "tests/support/pgoutput_builder.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

namespace walferry::test {

// A decoder and an assembler behind it, fed with bytes as a session would.
struct assembling {
    result<change::step> feed(std::string message, lsn at = {}) {
        bytes = std::move(message);
        REQUIRE(decoder.decode(bytes, decoded) == pgoutput::defect::none);
        return assembler.apply(decoded, at);
    }

    // The only change of a message that has to be accepted.
    const change::change& change_of(std::string message, lsn at = {}) {
        auto step = feed(std::move(message), at);
        REQUIRE(step);
        REQUIRE(*step == change::step::changes);
        REQUIRE(assembler.changes().size() == 1);
        return assembler.changes().front();
    }

    // Whether the message was refused as a violation of the protocol.
    bool refuses(std::string message) {
        auto step = feed(std::move(message));
        return !step && step.error().kind == error_kind::protocol_violation;
    }

    // A message that must be accepted and mean this.
    void expect(change::step meaning, std::string message, lsn at = {}) {
        auto step = feed(std::move(message), at);
        REQUIRE(step);
        REQUIRE(*step == meaning);
    }

    void new_session() {
        decoder.reset();
        assembler.new_session();
    }

    std::string bytes;
    pgoutput::decoder decoder;
    pgoutput::message decoded;
    change::assembler assembler;
};

inline cells cells_of(pgoutput::row row) {
    cells made;
    for (const auto& value : row) {
        made.push_back({static_cast<char>(value.kind), std::string{value.bytes}});
    }
    return made;
}

inline table_spec orders(char identity = 'd') {
    return {77, "public", "orders", {{"id", 23, true}, {"body"}, {"note"}}, identity};
}

}  // namespace walferry::test
